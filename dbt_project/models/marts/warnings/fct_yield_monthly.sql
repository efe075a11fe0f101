-- What walking was worth so far, per rule, grade and township ('' = the county): answers of the months that count, and
-- what is expected of the next visit, with its ground in words.
with
yields as (
    select * from {{ ref('int_yields__learned') }}
    where feeds = ''
),

settled as (
    select * from {{ ref('int_answers__settled') }}
),

given as (
    select * from {{ ref('int_answers__given') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['yield_window_months']) }}
),

open_answers as (
    -- The matter stands where the latest answer did not settle it and none before it did.
    select
        given.warning_id,
        max_by(given.rule_id, given.answered_month) as rule_id,
        max_by(given.grade, given.answered_month) as grade,
        max_by(given.township, given.answered_month) as township,
        max(given.answered_month) as answered_month
    from given
    left join settled on given.warning_id = settled.warning_id
    where not given.is_settling and settled.warning_id is null
    group by given.warning_id
),

answers as (
    select
        rule_id,
        grade,
        township,
        answered_month,
        is_holding,
        is_found,
        is_refuting,
        is_aided,
        false as is_unsettled
    from settled
    union all
    select
        rule_id,
        grade,
        township,
        answered_month,
        false as is_holding,
        false as is_found,
        false as is_refuting,
        false as is_aided,
        true as is_unsettled
    from open_answers
),

recent as (
    select
        answers.rule_id,
        answers.grade,
        answers.township,
        answers.is_holding,
        answers.is_found,
        answers.is_refuting,
        answers.is_aided,
        answers.is_unsettled
    from answers
    cross join limits
    where {{ months_since('answers.answered_month') }} <= limits.yield_window_months
),

placed as (
    select * from recent
    union all
    select
        rule_id,
        grade,
        '' as township,
        is_holding,
        is_found,
        is_refuting,
        is_aided,
        is_unsettled
    from recent
),

counted as (
    select
        rule_id,
        grade,
        township,
        count(*) filter (where not is_unsettled) as answers,
        count(*) filter (where is_holding) as held,
        count(*) filter (where is_found) as found,
        count(*) filter (where is_refuting) as refuted,
        count(*) filter (where is_unsettled) as unsettled,
        count(*) filter (where is_aided) as aided
    from placed
    group by rule_id, grade, township
)

select
    yields.rule_id,
    yields.grade,
    yields.township,
    coalesce(counted.answers, 0) as answers,
    coalesce(counted.held, 0) as held,
    coalesce(counted.found, 0) as found,
    coalesce(counted.refuted, 0) as refuted,
    coalesce(counted.unsettled, 0) as unsettled,
    coalesce(counted.aided, 0) as aided,
    yields.expected_yield,
    yields.prior,
    yields.basis
from yields
left join counted
    on yields.rule_id = counted.rule_id and yields.grade = counted.grade and yields.township = counted.township
