-- Every warning of the month with what is remembered of it, how likely it is found true, and what it would harm to let
-- it lie: priority = expected yield × harm. Nothing is left out here; who is walked to is told by int_visits__queued.
-- A village errs: who refuted what was likely true, or what would harm most, is asked once more (second look, 复查), and of
-- the others a share that nobody can foresee. What a second look refutes, too, rests until its evidence changes.
with
raised as (
    select
        *,
        coalesce(nullif(township, ''), '未写明乡镇') as list_township,
        {{ feeds_of_evidence('evidence') }} as feeds,
        coalesce(json_extract_string(evidence, '$.is_urgent') = 'true', false) as is_urgent,
        try_cast(json_extract_string(evidence, '$.clock_hours') as double) as clock_hours
    from {{ ref('int_rules__assessed') }}
    where is_raised
),

recalled as (
    select * from {{ ref('int_matters__recalled') }}
),

items as (
    select * from {{ ref('int_items__opened') }}
),

yields as (
    select * from {{ ref('int_yields__learned') }}
),

alarmed as (
    select * from {{ ref('int_a01__alarmed') }}
),

households as (
    select
        household_id,
        count(*) as people
    from {{ ref('int_households__formed') }}
    group by household_id
),

before as (
    select * from {{ source('lake', 'warnings_before') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits([
        'harm_amount_share', 'harm_amount_full', 'harm_person_share', 'harm_persons_most', 'harm_clock_share',
        'harm_urgent_share', 'yield_share_repeated', 'unsettled_answers_most', 'second_look_after_months',
        'second_look_sources_least', 'second_look_worth_least', 'second_look_sample_share', 'second_look_yield_share'
    ]) }}
),

days as (
    select max(number) as answer_days from policy
    where parameter = 'release.answer_days'
),

between_offices as (
    -- Matters that one office asks another, not a village.
    {{ policy_words('rules_between_offices', as_column='rule_id') }}
),

passing as (
    -- What stands on the list whatever the cap says.
    {{ policy_words('list_cap_passed_by', as_column='reason') }}
),

doubted as (
    {{ policy_words('second_look_answers', as_column='result') }}
),

certain_grades as (
    {{ policy_words('second_look_grades', as_column='grade') }}
),

joined as (
    select
        raised.*,
        coalesce(before.since, {{ this_month() }}) as since,
        recalled.answered_month,
        recalled.result,
        recalled.by_rule,
        recalled.warning_id is not null as was_answered,
        recalled.warning_id is not null and {{ is_same_evidence('raised', 'recalled') }} as is_settled,
        -- Refuted once, by an answer to this very warning, and by no other answer found true.
        coalesce(
            doubted.result is not null
            and recalled.is_refuting
            and not recalled.is_held_by_any
            and recalled.by_rule is null
            and recalled.second_look_of is null
            and {{ months_since('coalesce(recalled.answered_month, ' ~ this_month() ~ ')') }} >= limits.second_look_after_months,
            false
        ) as is_refuted_once,
        certain_grades.grade is not null as is_of_certain_grade,
        items.listed_month,
        items.due_on as opened_due_on,
        items.clock as opened_clock,
        coalesce(items.unsettled_answers, 0) as unsettled_answers,
        coalesce(
            items.unsettled_answers >= limits.unsettled_answers_most
            and items.unsettled_fingerprint = raised.fingerprint, false
        ) as is_given_up,
        between_offices.rule_id is not null as is_between_offices,
        coalesce(yields.expected_yield, 0) as learned_yield,
        yields.basis as yield_basis,
        least(coalesce(households.people, 1), coalesce(limits.harm_persons_most, 1)) as people,
        cast(coalesce(harm.number, 0) as double) as harm_points,
        alarmed.alarm_id is not null as is_alarmed
    from raised
    cross join limits
    left join before on raised.warning_id = before.warning_id
    left join recalled on raised.warning_id = recalled.warning_id
    left join items on raised.warning_id = items.warning_id
    left join doubted on recalled.result = doubted.result
    left join certain_grades on raised.grade = certain_grades.grade
    left join between_offices on raised.rule_id = between_offices.rule_id
    left join yields
        on
            raised.rule_id = yields.rule_id
            and raised.grade = yields.grade
            and raised.list_township = yields.township
            and coalesce(raised.feeds, '') = yields.feeds
    left join households on raised.household_id = households.household_id
    left join policy as harm on concat('harm_', raised.rule_id) = harm.parameter
    left join alarmed
        on
            raised.township = alarmed.township
            and raised.village = alarmed.village
            and raised.rule_id = alarmed.cause_rule
),

clocked as (
    select
        joined.*,
        coalesce(
            joined.opened_clock,
            case
                when joined.clock_hours is not null then concat(cast(cast(joined.clock_hours as integer) as varchar), '小时')
                else '月度'
            end
        ) as clock,
        coalesce(
            joined.opened_due_on,
            {{ last_day_of_month() }}
            + cast(coalesce(ceil(joined.clock_hours / 24), days.answer_days) as integer)
        ) as due_on,
        joined.harm_points * (
            1.0
            + cast(coalesce(limits.harm_amount_share, 0) as double) * least(
                greatest(cast(coalesce(joined.amount, 0) as double), 0.0)
                / cast(coalesce(nullif(limits.harm_amount_full, 0), 1) as double),
                1.0
            )
            + cast(coalesce(limits.harm_person_share, 0) as double) * (joined.people - 1)
            + case
                when joined.is_urgent then cast(coalesce(limits.harm_urgent_share, 0) as double)
                when joined.clock_hours is not null then cast(coalesce(limits.harm_clock_share, 0) as double)
                else 0.0
            end
        ) as harm
    from joined
    cross join limits
    cross join days
),

looked as (
    select
        clocked.*,
        -- Handed out for a second look it stays one until somebody has looked.
        clocked.is_settled
        and clocked.is_refuted_once
        and coalesce(
            clocked.listed_month is not null
            or clocked.is_of_certain_grade
            or length(clocked.feeds) - length(replace(clocked.feeds, ';', '')) + 1 >= limits.second_look_sources_least
            or clocked.learned_yield * clocked.harm >= cast(limits.second_look_worth_least as double)
            or {{ drawn("concat_ws('|', clocked.warning_id, clocked.answered_month)") }}
            < cast(limits.second_look_sample_share as double),
            false
        ) as is_second_look
    from clocked
    cross join limits
),

weighed as (
    select
        looked.*,
        looked.is_settled and not looked.is_second_look as is_answered,
        looked.learned_yield * case
            when looked.is_second_look then cast(coalesce(limits.second_look_yield_share, 1) as double)
            when looked.was_answered then cast(coalesce(limits.yield_share_repeated, 1) as double)
            else 1.0
        end as expected_yield
    from looked
    cross join limits
)

select
    weighed.warning_id,
    weighed.rule_id,
    weighed.person_id,
    weighed.household_id,
    weighed.township,
    weighed.village,
    weighed.list_township,
    {{ home_of('weighed') }} as home,
    weighed.grade,
    weighed.amount,
    weighed.fingerprint,
    weighed.standing,
    weighed.summary,
    weighed.evidence,
    weighed.policy_ref,
    weighed.since,
    weighed.answered_month,
    weighed.result,
    weighed.by_rule,
    weighed.is_answered,
    weighed.is_second_look,
    weighed.is_settled and weighed.is_refuted_once as is_refuted_once,
    weighed.is_given_up and not weighed.is_answered as is_given_up,
    weighed.is_between_offices,
    weighed.unsettled_answers,
    case when weighed.listed_month is not null then '结转' else '新' end as opened,
    weighed.listed_month,
    {{ months_since('coalesce(weighed.listed_month, weighed.since)') }} as age_months,
    weighed.clock,
    weighed.due_on,
    case
        when weighed.is_urgent and '急难时限' in (select reason from passing) then '急难时限'
        when weighed.clock_hours is not null and not weighed.is_urgent and '答复时限' in (select reason from passing) then '答复时限'
        when weighed.is_alarmed and '一村多发警示' in (select reason from passing) then '一村多发警示'
    end as passes_by,
    round(weighed.expected_yield, 4) as expected_yield,
    weighed.yield_basis,
    round(weighed.expected_yield * weighed.harm, 4) as priority
from weighed
