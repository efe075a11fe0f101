-- Households that were looked at and not taken up, though a difficulty was seen: a village's settling answer, or a
-- line of the visit ledger, with a reason of the policy's list. The latest look speaks.
with
members as (
    select * from {{ ref('int_households__formed') }}
),

dispositions as (
    select * from {{ source('lake', 'dispositions') }}
    where person_id is not null and reason_not is not null
),

followed as (
    select * from {{ ref('stg_linkage__followed') }}
),

visits as (
    select * from {{ ref('stg_visit_ledger__rows') }}
    where person_id is not null and reason_not is not null
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

results as (
    {{ policy_words('record_results') }}
),

reasons as (
    {{ policy_words('record_reasons_not') }}
),

looks as (
    select
        coalesce(followed.person_id, dispositions.person_id) as person_id,
        dispositions.month as looked_month,
        dispositions.reason_not,
        'dispositions' as source_feed,
        dispositions.rule_id
    from dispositions
    inner join results on dispositions.result = results.word
    left join followed on dispositions.person_id = followed.old_id
    union all
    select
        person_id,
        month as looked_month,
        reason_not,
        'visit_ledger' as source_feed,
        cast(null as varchar) as rule_id
    from visits
),

ordered as (
    select
        members.household_id,
        looks.looked_month,
        looks.reason_not,
        looks.source_feed,
        looks.rule_id,
        row_number() over (
            partition by members.household_id
            order by looks.looked_month desc, looks.source_feed, looks.rule_id, looks.person_id
        ) as place
    from looks
    inner join reasons on looks.reason_not = reasons.word
    inner join members on looks.person_id = members.person_id
)

select
    household_id,
    looked_month,
    reason_not,
    source_feed,
    rule_id
from ordered
where place = 1
