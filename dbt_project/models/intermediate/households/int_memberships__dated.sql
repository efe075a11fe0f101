-- The household over time: who stood under which number from which month to which, and what the lists, the births
-- and the deaths say about how he came and how he went. NULL in to_month: still there.
with
entered as (
    select * from {{ ref('int_memberships__entered') }}
),

seen as (
    select * from {{ ref('int_memberships__seen') }}
),

connected as (
    select * from {{ ref('int_households__connected') }}
),

departed as (
    select * from {{ ref('int_persons__departed') }}
),

cancelled as (
    select * from {{ ref('stg_death__cancellations') }}
    where person_id is not null
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

words as (
    select max(value) as leaving_reasons from policy
    where parameter = 'change_leaving_reasons'
),

deliveries as (
    select distinct
        feed,
        month,
        month_place
    from seen
),

lists as (
    select
        feed,
        max(month_place) as last_place
    from deliveries
    group by feed
),

afterwards as (
    -- Where the same list names him once he is gone from here, and how it says he came there.
    select
        entered.household_key,
        entered.person_id,
        entered.to_place,
        min_by(others.entered_as, others.from_place) as entered_as
    from entered
    inner join entered as others
        on
            entered.feed = others.feed
            and entered.person_id = others.person_id
            and entered.household_key <> others.household_key
            and entered.to_place < others.to_place
            and entered.from_place < others.from_place
    group by entered.household_key, entered.person_id, entered.to_place
),

moved_away as (
    select
        cancelled.person_id,
        min(cancelled.cancelled_on) as cancelled_on
    from cancelled
    cross join words
    where list_contains(string_split(words.leaving_reasons, ';'), cancelled.reason)
    group by cancelled.person_id
),

absent as (
    -- The first delivery that no longer names him.
    select
        entered.*,
        departed.died_by,
        lists.last_place as list_last_place,
        case when deliveries.month is not null then last_day(cast(concat(deliveries.month, '-01') as date)) end as absent_by
    from entered
    inner join lists on entered.feed = lists.feed
    left join departed on entered.person_id = departed.person_id
    left join deliveries on entered.feed = deliveries.feed and entered.to_place + 1 = deliveries.month_place
)

select
    absent.person_id,
    absent.household_key,
    coalesce(connected.household_id, {{ household_id_of('absent.household_key') }}) as household_id,
    absent.feed,
    absent.from_month,
    case when absent.to_place < absent.list_last_place then absent.last_month end as to_month,
    absent.entered_as,
    case
        when absent.to_place = absent.list_last_place then null
        when absent.died_by <= absent.absent_by then '死亡'
        when afterwards.entered_as = '婚入' then '婚出'
        when afterwards.entered_as in ('分户', '并户') then afterwards.entered_as
        when afterwards.entered_as is not null then '迁出'
        when moved_away.cancelled_on <= absent.absent_by then '迁出'
        when absent.number_last_place = absent.to_place then '整户不再列名'
        else '不再列名'
    end as left_as,
    absent.relation,
    absent.born_on,
    absent.died_by,
    absent.is_link_certain
from absent
left join connected on absent.household_key = connected.household_key
left join afterwards
    on
        absent.household_key = afterwards.household_key
        and absent.person_id = afterwards.person_id
        and absent.to_place = afterwards.to_place
left join moved_away on absent.person_id = moved_away.person_id
