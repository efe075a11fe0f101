-- Whom to refer to which agency for which aid (R034, R094), from the month's warnings and the villages' answers by
-- a table of routes. raised: the warning is enough. confirmed: only after an answer that confirms it. refused: after
-- an answer that confirms the difficulty and takes nobody up. No feed returns the agencies' receipts: the state ends
-- with what is known here.
with
assessed as (
    select * from {{ ref('int_rules__assessed') }}
    where person_id is not null
),

routes as (
    select * from {{ ref('referral_routes') }}
),

before as (
    select * from {{ source('lake', 'referrals_before') }}
),

dispositions as (
    select * from {{ source('lake', 'dispositions') }}
    where warning_id is not null
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

confirming as (
    {{ policy_words('referral_results') }}
),

refuting as (
    {{ policy_words('answers_that_refute') }}
),

followed as (
    select * from {{ ref('stg_linkage__followed') }}
),

answers as (
    select
        dispositions.warning_id,
        dispositions.month as answered_month,
        dispositions.result,
        dispositions.reason_not,
        confirming.word is not null as is_confirmed,
        refuting.word is not null as is_refuted,
        row_number() over (
            partition by dispositions.warning_id
            order by dispositions.month desc, dispositions.checked_on desc, dispositions.file desc, dispositions.row desc
        ) as place
    from dispositions
    left join confirming on dispositions.result = confirming.word
    left join refuting on dispositions.result = refuting.word
),

raised as (
    select
        concat('Z', substr(md5(concat_ws('|', assessed.warning_id, routes.agency, routes.aid)), 1, 16)) as referral_id,
        assessed.person_id,
        assessed.household_id,
        coalesce(assessed.township, '未写明乡镇') as township,
        assessed.village,
        routes.agency,
        routes.aid,
        assessed.summary as reason,
        assessed.rule_id,
        assessed.warning_id,
        routes.requirement,
        case
            when answers.is_refuted then '不转介（核查不成立）'
            when routes.moment = 'refused' and answers.is_confirmed and answers.reason_not is not null then '待转介（已核实）'
            when routes.moment <> 'refused' and answers.is_confirmed then '待转介（已核实）'
            when routes.moment = 'raised' then '待核实'
        end as state
    from assessed
    inner join routes on assessed.rule_id = routes.rule_id
    left join answers on assessed.warning_id = answers.warning_id and answers.place = 1
    where assessed.is_raised
),

silenced as (
    select distinct warning_id from assessed
    where unassessed_reason is not null
),

carried as (
    -- What was open last month and is not raised now: not assessed this month, or gone, which is told once.
    select
        before.referral_id,
        coalesce(followed.person_id, before.person_id) as person_id,
        before.household_id,
        before.township,
        before.village,
        before.agency,
        before.aid,
        before.reason,
        before.rule_id,
        before.warning_id,
        before.requirement,
        case when silenced.warning_id is not null then '本月未评估' else '已解除（情形消失）' end as state
    from before
    left join raised on before.referral_id = raised.referral_id
    left join silenced on before.warning_id = silenced.warning_id
    left join followed on before.person_id = followed.old_id
    where raised.referral_id is null and before.state in ('待核实', '待转介（已核实）', '本月未评估')
),

every as (
    select * from raised
    where state is not null
    union all
    select * from carried
)

select
    every.referral_id,
    every.person_id,
    every.household_id,
    every.township,
    every.village,
    every.agency,
    every.aid,
    every.reason,
    every.rule_id,
    every.warning_id,
    every.state,
    coalesce(before.since, {{ this_month() }}) as since,
    every.requirement
from every
left join before on every.referral_id = before.referral_id
-- An answer that refutes is news once.
where not coalesce(every.state = '不转介（核查不成立）' and before.state = every.state, false)
