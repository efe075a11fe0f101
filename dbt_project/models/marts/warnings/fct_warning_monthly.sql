-- One row per warning of the month, held back or not: what, since when, how sure, on which evidence, what to
-- check. A warning proposes a check by a person; it stops no payment.
with
raised as (
    select * from {{ ref('int_rules__assessed') }}
    where is_raised
),

rules as (
    select * from {{ ref('dim_rule') }}
),

past as (
    select * from {{ source('lake', 'warnings_past') }}
),

before as (
    select * from {{ source('lake', 'warnings_before') }}
),

dispositions as (
    select * from {{ source('lake', 'dispositions') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits([
        'list_cap_per_township', 'priority_share_suspected', 'priority_share_hinted', 'priority_amount_full',
        'priority_amount_share'
    ]) }}
),

settling as (
    {{ policy_words('answers_that_settle', as_column='result') }}
),

refuting as (
    {{ policy_words('answers_that_refute', as_column='result') }}
),

between_offices as (
    -- Matters that one office asks another, not a village.
    {{ policy_words('rules_between_offices', as_column='rule_id') }}
),

answers as (
    -- The latest answer to each warning, if it settles the matter: who could not be found is still to be found.
    select
        dispositions.warning_id,
        dispositions.month,
        dispositions.result,
        row_number() over (
            partition by dispositions.warning_id
            order by dispositions.month desc, dispositions.checked_on desc, dispositions.file desc, dispositions.row desc
        ) as place
    from dispositions
    inner join settling on dispositions.result = settling.result
    where dispositions.warning_id is not null
),

answered as (
    -- What the village had before it when it answered: the latest list on which the warning stood by then.
    select
        answers.warning_id,
        answers.month as answered_month,
        answers.result,
        max_by(json_extract_string(past.evidence, '$.fingerprint'), past.month) as fingerprint,
        max_by(json_extract_string(past.evidence, '$.standing'), past.month) as standing
    from answers
    inner join past
        on
            answers.warning_id = past.warning_id
            and answers.month >= past.month
            and past.status = 'listed'
    where answers.place = 1
    group by answers.warning_id, answers.month, answers.result
),

weighed as (
    select
        raised.*,
        answered.answered_month,
        answered.result,
        -- Who found it untrue is asked again when what it rests on changes, not when it goes on another month.
        coalesce(answered.fingerprint = raised.fingerprint, false)
        or coalesce(refuting.result is not null and answered.standing = raised.standing, false) as is_answered,
        round(
            cast(coalesce(weight.number, 0) as double)
            * case raised.grade
                when '确认' then 1.0
                when '疑似' then cast(coalesce(limits.priority_share_suspected, 1) as double)
                else cast(coalesce(limits.priority_share_hinted, 1) as double)
            end
            * (
                1.0 + cast(coalesce(limits.priority_amount_share, 0) as double) * least(
                    greatest(cast(coalesce(raised.amount, 0) as double), 0.0)
                    / cast(coalesce(nullif(limits.priority_amount_full, 0), 1) as double),
                    1.0
                )
            ),
            4
        ) as priority,
        limits.list_cap_per_township as cap,
        between_offices.rule_id is not null as is_between_offices
    from raised
    cross join limits
    left join policy as weight on concat('priority_', raised.rule_id) = weight.parameter
    left join answered on raised.warning_id = answered.warning_id
    left join refuting on answered.result = refuting.result
    left join between_offices on raised.rule_id = between_offices.rule_id
),

placed as (
    select
        *,
        row_number() over (
            partition by township, is_answered, is_between_offices
            order by priority desc, warning_id
        ) as place
    from weighed
),

decided as (
    select
        *,
        case
            when is_answered then 'silent'
            when is_between_offices or place > cap then 'waiting'
            else 'listed'
        end as status,
        case
            when is_answered then concat('已于 ', answered_month, ' 核查（', result, '），证据未变，不再重复下发')
            when is_between_offices then '部门之间衔接的事项，列入转介登记表，不派村走访'
            when place > cap
                then concat('本乡镇本月名单上限 ', cast(cast(cap as bigint) as varchar), ' 条，按优先级排队，下月续排')
        end as status_reason
    from placed
)

select
    decided.warning_id,
    decided.rule_id,
    decided.person_id,
    decided.household_id,
    '{{ var("region") }}' as region,
    decided.township,
    decided.village,
    decided.grade,
    decided.status,
    decided.status_reason,
    coalesce(before.since, {{ this_month() }}) as since,
    cast(decided.amount as decimal(18, 2)) as amount,
    decided.summary,
    json_extract_string(decided.evidence, '$.proposed') as proposed,
    rules.check_hint,
    cast(
        json_merge_patch(
            cast(decided.evidence as json), json_object('fingerprint', decided.fingerprint, 'standing', decided.standing)
        ) as varchar
    ) as evidence,
    decided.policy_ref,
    rules.requirement,
    decided.priority
from decided
inner join rules on decided.rule_id = rules.rule_id
left join before on decided.warning_id = before.warning_id
