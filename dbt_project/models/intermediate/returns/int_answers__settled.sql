-- One row per warning that a village settled: its latest settling answer, so that a second look stands above the first.
-- Who could not be found is still to be found.
with
given as (
    select * from {{ ref('int_answers__given') }}
    where is_settling
),

numbered as (
    select
        *,
        row_number() over (
            partition by warning_id
            order by answered_month desc, answered_on desc nulls last
        ) as place
    from given
)

select
    warning_id,
    rule_id,
    person_id,
    household_id,
    township,
    village,
    grade,
    feeds,
    listed_month,
    answered_month,
    answered_on,
    result,
    is_holding,
    is_found,
    is_refuting,
    aid,
    reason_not,
    is_aided,
    fingerprint,
    standing,
    second_look_of
from numbered
where place = 1
