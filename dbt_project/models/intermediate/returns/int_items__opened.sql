-- Warnings that were handed out in an earlier month and that nobody settled: from which list on, due when, and how often
-- a village wrote that it could not tell. An answer ends every list on which the evidence was what it was answered on:
-- the answer to an old list, late, ends the row of the newer one too. A second look (复查) is asked on the evidence of the
-- answer that it checks: only an answer to it, or one that takes the first back, ends it.
with
past as (
    select
        *,
        json_extract_string(evidence, '$.fingerprint') as fingerprint,
        json_extract_string(evidence, '$.standing') as standing,
        json_extract_string(evidence, '$.second_look_of') as second_look_of
    from {{ source('lake', 'warnings_past') }}
    where status = 'listed'
),

recalled as (
    select * from {{ ref('int_matters__recalled') }}
),

given as (
    select * from {{ ref('int_answers__given') }}
    where not is_settling
),

followed as (
    select * from {{ ref('stg_linkage__followed') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

days as (
    select max(number) as answer_days from policy
    where parameter = 'release.answer_days'
),

open_rows as (
    select past.*
    from past
    left join recalled on past.warning_id = recalled.warning_id
    where
        recalled.warning_id is null
        or (
            past.month > recalled.answered_month
            and (
                not {{ is_same_evidence('past', 'recalled') }}
                or (past.second_look_of is not null and recalled.second_look_of is null and recalled.is_refuting)
            )
        )
),

items as (
    select
        warning_id,
        min(month) as listed_month,
        max(month) as last_listed_month,
        min_by(clock, month) as clock,
        min_by(due_on, month) as due_on,
        max_by(rule_id, month) as rule_id,
        max_by(person_id, month) as person_id,
        max_by(household_id, month) as household_id,
        max_by(township, month) as township,
        max_by(village, month) as village,
        max_by(grade, month) as grade,
        max_by(summary, month) as summary,
        max(second_look_of) as second_look_of
    from open_rows
    group by warning_id
),

tried as (
    select
        items.warning_id,
        count(*) as unsettled_answers,
        max_by(given.fingerprint, given.answered_month) as unsettled_fingerprint
    from items
    inner join given on items.warning_id = given.warning_id and items.listed_month <= given.answered_month
    group by items.warning_id
)

select
    items.warning_id,
    items.rule_id,
    -- Who was merged into another stands under the id that lives on: the old one has no name any more.
    coalesce(followed.person_id, items.person_id) as person_id,
    items.household_id,
    items.township,
    items.village,
    items.grade,
    items.summary,
    items.second_look_of,
    items.listed_month,
    items.last_listed_month,
    {{ months_since('items.listed_month') }} as age_months,
    items.clock,
    coalesce(
        items.due_on,
        last_day(cast(concat(items.listed_month, '-01') as date)) + cast(days.answer_days as integer)
    ) as due_on,
    coalesce(tried.unsettled_answers, 0) as unsettled_answers,
    tried.unsettled_fingerprint
from items
cross join days
left join followed on items.person_id = followed.old_id
left join tried on items.warning_id = tried.warning_id
