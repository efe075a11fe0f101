-- What is remembered of a warning: the latest answer that settles it, be it its own, that of the same matter under an id
-- that was merged into this person's (or into which this one was merged), or the answer to another rule of the same cause
-- family (the policy says which answer settles what, and for whom). Another rule's answer settles only what stood there
-- when it was given: a finding that came later is news. One row per warning; whether its evidence is still the same, the reader asks.
with
settled as (
    select * from {{ ref('int_answers__settled') }}
),

past as (
    select * from {{ source('lake', 'warnings_past') }}
),

assessed as (
    select * from {{ ref('int_rules__assessed') }}
    where is_raised
),

followed as (
    select * from {{ ref('stg_linkage__followed') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

identity_answers as (
    {{ policy_words('answers_about_identity', as_column='result') }}
),

own_reasons as (
    {{ policy_words('reasons_about_the_person', as_column='reason_not') }}
),

basic_aids as (
    {{ policy_words('basic_aids', as_column='aid') }}
),

pairs as (
    -- `settles_<whom>_<when>`: pairs of rules 'answered>settled'.
    select
        split_part(pair, '>', 1) as answered_rule,
        split_part(pair, '>', 2) as settled_rule,
        whom,
        answer_kind
    from (
        select
            split_part(parameter, '_', 2) as whom,
            split_part(parameter, '_', 3) as answer_kind,
            unnest(string_split(value, ';')) as pair
        from policy
        where starts_with(parameter, 'settles_')
    ) as listed
),

answers as (
    select
        settled.*,
        identity_answers.result is not null or own_reasons.reason_not is not null as is_of_person_alone,
        settled.is_holding and basic_aids.aid is not null as is_basic_aided
    from settled
    left join identity_answers on settled.result = identity_answers.result
    left join own_reasons on settled.reason_not = own_reasons.reason_not
    left join basic_aids on settled.aid = basic_aids.aid
),

by_family as (
    select
        past.warning_id,
        answers.answered_month,
        answers.answered_on,
        answers.result,
        answers.is_holding,
        answers.is_refuting,
        answers.second_look_of,
        answers.rule_id as by_rule,
        json_extract_string(past.evidence, '$.fingerprint') as fingerprint,
        json_extract_string(past.evidence, '$.standing') as standing,
        1 as distance
    from answers
    inner join pairs
        on
            answers.rule_id = pairs.answered_rule
            and (
                pairs.answer_kind = 'any'
                or (pairs.answer_kind = 'held' and answers.is_holding)
                or (pairs.answer_kind = 'refuted' and answers.is_refuting)
                or (pairs.answer_kind = 'aided' and answers.is_basic_aided)
            )
    inner join past
        on
            pairs.settled_rule = past.rule_id
            and answers.answered_month = past.month
            and answers.warning_id <> past.warning_id
            and (
                (pairs.whom = 'person' and answers.person_id = past.person_id)
                or (
                    pairs.whom = 'household'
                    and answers.household_id = past.household_id
                    and not answers.is_of_person_alone
                )
            )
),

by_merge as (
    -- The same rule on the same evidence, once asked under an id that is now another's.
    select
        assessed.warning_id,
        settled.answered_month,
        settled.answered_on,
        settled.result,
        settled.is_holding,
        settled.is_refuting,
        settled.second_look_of,
        cast(null as varchar) as by_rule,
        settled.fingerprint,
        settled.standing,
        2 as distance
    from settled
    inner join followed on settled.person_id = followed.old_id
    inner join assessed
        on
            followed.person_id = assessed.person_id
            and settled.rule_id = assessed.rule_id
            and settled.fingerprint = assessed.fingerprint
            and settled.warning_id <> assessed.warning_id
),

by_merge_before as (
    -- And the other way round: what was handed out under the old id, answered under the one that lives on.
    select
        past.warning_id,
        settled.answered_month,
        settled.answered_on,
        settled.result,
        settled.is_holding,
        settled.is_refuting,
        settled.second_look_of,
        cast(null as varchar) as by_rule,
        settled.fingerprint,
        settled.standing,
        2 as distance
    from settled
    inner join followed on settled.person_id = followed.person_id
    inner join past
        on
            followed.old_id = past.person_id
            and settled.rule_id = past.rule_id
            and settled.answered_month >= past.month
            and settled.fingerprint = json_extract_string(past.evidence, '$.fingerprint')
            and settled.warning_id <> past.warning_id
),

recalled as (
    select
        warning_id,
        answered_month,
        answered_on,
        result,
        is_holding,
        is_refuting,
        second_look_of,
        cast(null as varchar) as by_rule,
        fingerprint,
        standing,
        0 as distance
    from settled
    union all
    select * from by_family
    union all
    select * from by_merge
    union all
    select * from by_merge_before
),

numbered as (
    select
        *,
        -- Another answer about the same matter found it true: then nobody need look a second time.
        bool_or(is_holding) over (partition by warning_id, standing) as is_held_by_any,
        row_number() over (
            partition by warning_id
            order by answered_month desc, distance, answered_on desc nulls last, by_rule, result, fingerprint, standing
        ) as place
    from recalled
)

select
    warning_id,
    answered_month,
    answered_on,
    result,
    is_refuting,
    is_held_by_any,
    by_rule,
    fingerprint,
    standing,
    second_look_of
from numbered
where place = 1
