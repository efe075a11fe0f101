-- How often what was handed out proved right: warnings per rule, and the doubtful links on which they rested per rule of
-- the link, by township, source feed and the month of the list that was answered ('' = all). Right = held ÷ (held +
-- refuted), with Wilson's interval; a village that found it changed, or could not tell, says nothing about right. A second
-- look (复查) that settles counts in the first answer's stead, under the first answer's list, and not once more; what the
-- second looks came to by themselves (held = the first answer was wrong) is a kind of its own.
with
given as (
    select * from {{ ref('int_answers__given') }}
),

second_looks as (
    select * from given
    where second_look_of is not null
    qualify row_number() over (
        partition by warning_id, second_look_of
        order by is_settling desc, answered_month desc
    ) = 1
),

identities as (
    -- One description of one person, asked about on one list: the last word counts.
    select * from {{ source('lake', 'identity_answers') }}
    where verdict in ('must_link', 'must_not_link')
    qualify row_number() over (
        partition by profile_key, person_id, list_month
        order by said_on desc, warning_id
    ) = 1
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['precision_interval_deviations']) }}
),

warned as (
    select
        '规则' as kind,
        given.rule_id,
        given.township,
        unnest(
            list_concat([''], list_filter(string_split(coalesce(given.feeds, ''), ';'), feed -> feed <> ''))
        ) as source_feed,
        given.answered_month as listed_month,
        case when second_looks.is_settling then second_looks.is_holding else given.is_holding end as is_held,
        case when second_looks.is_settling then second_looks.is_refuting else given.is_refuting end as is_refuted,
        not given.is_settling as is_unsettled
    from given
    left join second_looks
        on given.warning_id = second_looks.warning_id and given.answered_month = second_looks.second_look_of
    where given.second_look_of is null
),

looked_again as (
    select
        '复查' as kind,
        rule_id,
        township,
        '' as source_feed,
        second_look_of as listed_month,
        is_holding as is_held,
        is_refuting as is_refuted,
        not is_settling as is_unsettled
    from second_looks
),

linked as (
    select
        '身份链接' as kind,
        identities.rule as rule_id,
        coalesce(given.township, '未写明乡镇') as township,
        unnest(['', identities.feed]) as source_feed,
        identities.list_month as listed_month,
        identities.verdict = 'must_link' as is_held,
        identities.verdict = 'must_not_link' as is_refuted,
        false as is_unsettled
    from identities
    left join given on identities.warning_id = given.warning_id and identities.list_month = given.answered_month
),

answered as (
    select * from warned
    union all
    select * from looked_again
    union all
    select * from linked
),

spread as (
    select
        kind,
        rule_id,
        source_feed,
        is_held,
        is_refuted,
        is_unsettled,
        unnest(['', township]) as township,
        listed_month
    from answered
),

counted as (
    select
        kind,
        rule_id,
        township,
        source_feed,
        month_of_list as listed_month,
        count(*) as answered,
        count(*) filter (where is_held) as held,
        count(*) filter (where is_refuted) as refuted,
        count(*) filter (where is_unsettled) as unsettled
    from (
        select
            *,
            unnest(['', listed_month]) as month_of_list
        from spread
    ) as dated
    group by kind, rule_id, township, source_feed, month_of_list
),

weighed as (
    select
        counted.*,
        held + refuted as told,
        cast(held as double) / nullif(held + refuted, 0) as share,
        cast(limits.precision_interval_deviations as double) as deviations
    from counted
    cross join limits
)

select
    kind,
    rule_id,
    township,
    source_feed,
    listed_month,
    answered,
    held,
    refuted,
    unsettled,
    share as precision,
    case
        when told > 0
            then greatest(
                (
                    share + deviations * deviations / (2 * told)
                    - deviations * sqrt(share * (1 - share) / told + deviations * deviations / (4 * told * told))
                )
                / (1 + deviations * deviations / told),
                0.0
            )
    end as low,
    case
        when told > 0
            then least(
                (
                    share + deviations * deviations / (2 * told)
                    + deviations * sqrt(share * (1 - share) / told + deviations * deviations / (4 * told * told))
                )
                / (1 + deviations * deviations / told),
                1.0
            )
    end as high
from weighed
