-- Entries, exits and moves over the periods that end with this month (R086; their lengths are policy), by class,
-- township and reason. months_known says how many of the period's months could be compared: a period that reaches
-- back beyond the first month (or beyond the first that recorded its changes) tells what is known of it and does not
-- pass for whole.
with
changes as (
    {{ population_changes_between("'0000-00'", this_month()) }}
),

past as (
    select distinct month from {{ source('lake', 'population_past') }}
),

recorded as (
    select month from {{ source('lake', 'changes_recorded') }}
    union all
    select {{ this_month() }} as month
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

lengths as (
    select cast(unnest(string_split(value, ';')) as integer) as months
    from policy
    where parameter = 'report_period_months'
),

periods as (
    select
        months,
        {{ months_before('months - 1') }} as from_month,
        {{ this_month() }} as to_month
    from lengths
),

compared as (
    -- A month was compared when the month before it had a population.
    select recorded.month
    from recorded
    inner join past
        on recorded.month = {{ month_of("cast(cast(concat(past.month, '-01') as date) + interval 1 month as date)") }}
),

known as (
    select
        periods.months,
        count(compared.month) as months_known
    from periods
    left join compared on periods.from_month <= compared.month and periods.to_month >= compared.month
    group by periods.months
)

select
    periods.from_month,
    periods.to_month,
    periods.months,
    cast(known.months_known as integer) as months_known,
    changes.class,
    changes.change,
    changes.category,
    coalesce(changes.from_class, '') as from_class,
    coalesce(case changes.change when '退出' then changes.from_township else changes.township end, '未写明乡镇') as township,
    count(*) as persons
from periods
inner join known on periods.months = known.months
inner join changes on periods.from_month <= changes.effective_month and periods.to_month >= changes.effective_month
group by
    periods.from_month,
    periods.to_month,
    periods.months,
    known.months_known,
    changes.class,
    changes.change,
    changes.category,
    coalesce(changes.from_class, ''),
    coalesce(case changes.change when '退出' then changes.from_township else changes.township end, '未写明乡镇')
