-- One row per warning and list month that a village answered, settling or not: the latest answer to that list, with
-- the warning as it stood before the village. An answer to a list of which the warning was taken off again later
-- (a new version of the month) is an answer all the same.
with
dispositions as (
    -- The month is that of the list that was answered; a list that came back late is kept beside a later one's.
    select * replace (coalesce(list_month, month) as month)
    from {{ source('lake', 'dispositions') }}
    where warning_id is not null
),

past as (
    select * from {{ source('lake', 'warnings_past') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

settling as (
    {{ policy_words('answers_that_settle', as_column='result') }}
),

holding as (
    {{ policy_words('answers_that_hold', as_column='result') }}
),

refuting as (
    {{ policy_words('answers_that_refute', as_column='result') }}
),

no_aid as (
    {{ policy_words('release.aid_none') }}
),

by_aid as (
    -- Rules of hardship: a true bill of somebody who needs no aid was no find.
    {{ policy_words('rules_found_by_aid', as_column='rule_id') }}
),

latest as (
    select
        *,
        row_number() over (
            partition by warning_id, month
            order by checked_on desc nulls last, received_on desc nulls last, file desc, row desc
        ) as place
    from dispositions
),

answers as (
    select * from latest
    where place = 1
),

shown as (
    -- What the village had before it: the latest list by then on which the warning stood, else what was known of it.
    select
        answers.warning_id,
        answers.month,
        max_by(past, concat(case when past.status = 'listed' then '1' else '0' end, past.month)) as seen
    from answers
    inner join past on answers.warning_id = past.warning_id and answers.month >= past.month
    group by answers.warning_id, answers.month
),

first_listed as (
    select
        warning_id,
        min(month) as month
    from past
    where status = 'listed'
    group by warning_id
)

select
    answers.warning_id,
    coalesce(shown.seen.rule_id, answers.rule_id) as rule_id,
    coalesce(shown.seen.person_id, answers.person_id) as person_id,
    shown.seen.household_id,
    coalesce(nullif(shown.seen.township, ''), '未写明乡镇') as township,
    shown.seen.village,
    shown.seen.grade,
    {{ feeds_of_evidence('shown.seen.evidence') }} as feeds,
    coalesce(first_listed.month, answers.month) as listed_month,
    answers.month as answered_month,
    try_cast(answers.checked_on as date) as answered_on,
    answers.result,
    settling.result is not null as is_settling,
    holding.result is not null as is_holding,
    holding.result is not null and not (by_aid.rule_id is not null and no_aid.word is not null) as is_found,
    refuting.result is not null as is_refuting,
    answers.aid,
    answers.reason_not,
    coalesce(nullif(answers.aid, '') is not null and no_aid.word is null, false) as is_aided,
    json_extract_string(shown.seen.evidence, '$.fingerprint') as fingerprint,
    json_extract_string(shown.seen.evidence, '$.standing') as standing,
    json_extract_string(shown.seen.evidence, '$.second_look_of') as second_look_of
from answers
left join shown on answers.warning_id = shown.warning_id and answers.month = shown.month
left join first_listed on answers.warning_id = first_listed.warning_id
left join settling on answers.result = settling.result
left join holding on answers.result = holding.result
left join refuting on answers.result = refuting.result
left join no_aid on answers.aid = no_aid.word
left join by_aid on coalesce(shown.seen.rule_id, answers.rule_id) = by_aid.rule_id
