-- How likely a visit for a warning finds what has to be acted on (true, and for rules of hardship with aid to come): what
-- villages of this county answered, drawn towards what the policy supposes as long as few have. One row per rule, grade, township ('' = the county) and feeds that spoke ('' = any).
-- A chain of beta-binomial means, each drawn towards the one before it by the weight of `yield_prior_answers` answers:
-- policy (rule × grade) → the rule's other grades → rule and grade in the county → its feeds, and its township, where
-- `yield_answers_enough` have answered.
with
settled as (
    select * from {{ ref('int_answers__settled') }}
),

given as (
    select * from {{ ref('int_answers__given') }}
),

raised as (
    select
        rule_id,
        grade,
        coalesce(nullif(township, ''), '未写明乡镇') as township,
        {{ feeds_of_evidence('evidence') }} as feeds
    from {{ ref('int_rules__assessed') }}
    where is_raised
),

rules as (
    select rule_id from {{ ref('rule_catalogue') }}
    where kind <> '报警'
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits([
        'yield_prior', 'yield_prior_answers', 'yield_answers_enough', 'yield_window_months', 'yield_share_suspected',
        'yield_share_hinted'
    ]) }}
),

grades as (
    select
        unnest(['确认', '疑似', '提示']) as grade,
        unnest([1.0, yield_share_suspected, yield_share_hinted]) as share
    from limits
),

priors as (
    select
        rules.rule_id,
        grades.grade,
        cast(coalesce(policy.number, limits.yield_prior) as double) * cast(coalesce(grades.share, 1) as double) as prior_yield
    from rules
    cross join grades
    cross join limits
    left join policy on concat('yield_prior_', rules.rule_id) = policy.parameter
),

answers as (
    select
        settled.*,
        priors.prior_yield
    from settled
    cross join limits
    inner join priors on settled.rule_id = priors.rule_id and settled.grade = priors.grade
    where {{ months_since('settled.answered_month') }} <= limits.yield_window_months
),

of_rule as (
    select
        rule_id,
        grade,
        count(*) as answers,
        count(*) filter (where is_found) as found,
        count(*) * max(prior_yield) as supposed
    from answers
    group by rule_id, grade
),

of_others as (
    -- What the rule's other grades came to, against what was supposed of them.
    select
        priors.rule_id,
        priors.grade,
        sum(of_rule.answers) as answers,
        sum(of_rule.found) as found,
        sum(of_rule.supposed) as supposed
    from priors
    inner join of_rule on priors.rule_id = of_rule.rule_id and priors.grade <> of_rule.grade
    group by priors.rule_id, priors.grade
),

county as (
    select
        priors.rule_id,
        priors.grade,
        priors.prior_yield,
        coalesce(of_rule.answers, 0) as answers,
        coalesce(of_rule.found, 0) as found,
        cast(limits.yield_prior_answers as double) as weight,
        cast(limits.yield_answers_enough as double) as enough,
        least(
            priors.prior_yield * case
                when of_others.supposed > 0
                    then
                        (of_others.found + cast(limits.yield_prior_answers as double) * of_others.supposed / of_others.answers)
                        / (of_others.supposed + cast(limits.yield_prior_answers as double) * of_others.supposed / of_others.answers)
                else 1.0
            end,
            1.0
        ) as supposed
    from priors
    cross join limits
    left join of_rule on priors.rule_id = of_rule.rule_id and priors.grade = of_rule.grade
    left join of_others on priors.rule_id = of_others.rule_id and priors.grade = of_others.grade
),

county_learned as (
    select
        *,
        (found + weight * supposed) / (answers + weight) as mean
    from county
),

by_feeds as (
    select
        rule_id,
        grade,
        feeds,
        count(*) as answers,
        count(*) filter (where is_found) as found
    from answers
    where feeds is not null
    group by rule_id, grade, feeds
),

by_township as (
    select
        rule_id,
        grade,
        township,
        count(*) as answers,
        count(*) filter (where is_found) as found
    from answers
    group by rule_id, grade, township
),

wanted as (
    select
        rule_id,
        grade,
        '' as township,
        '' as feeds
    from priors
    union
    select
        rule_id,
        grade,
        township,
        '' as feeds
    from given
    where grade is not null
    union
    select
        rule_id,
        grade,
        township,
        '' as feeds
    from raised
    union
    select * from raised
),

compared as (
    select
        wanted.rule_id,
        wanted.grade,
        wanted.township,
        wanted.feeds,
        county_learned.prior_yield,
        county_learned.mean,
        county_learned.answers as county_answers,
        county_learned.found as county_found,
        case when by_feeds.answers >= county_learned.enough then by_feeds.answers end as feeds_answers,
        by_feeds.found as feeds_found,
        case when by_township.answers >= county_learned.enough then by_township.answers end as township_answers,
        by_township.found as township_found,
        coalesce(
            case
                when by_feeds.answers >= county_learned.enough
                    then (by_feeds.found + county_learned.weight * county_learned.mean) / (by_feeds.answers + county_learned.weight)
            end,
            county_learned.mean
        ) as feeds_mean,
        coalesce(
            case
                when by_township.answers >= county_learned.enough
                    then
                        (by_township.found + county_learned.weight * county_learned.mean)
                        / (by_township.answers + county_learned.weight)
            end,
            county_learned.mean
        ) as township_mean
    from wanted
    inner join county_learned on wanted.rule_id = county_learned.rule_id and wanted.grade = county_learned.grade
    left join by_feeds
        on wanted.rule_id = by_feeds.rule_id and wanted.grade = by_feeds.grade and wanted.feeds = by_feeds.feeds
    left join by_township
        on
            wanted.rule_id = by_township.rule_id
            and wanted.grade = by_township.grade
            and wanted.township = by_township.township
)

select
    rule_id,
    grade,
    township,
    feeds,
    round(prior_yield, 6) as prior,
    coalesce(round(least(feeds_mean * township_mean / nullif(mean, 0), 1.0), 6), 0) as expected_yield,
    county_answers,
    concat(
        case
            when township_answers is not null
                then concat(township, ' ', township_answers, ' 次核查中 ', township_found, ' 次有收效，全县 ', county_answers, ' 次中 ', county_found, ' 次')
            when county_answers > 0 then concat('本县 ', county_answers, ' 次核查中 ', county_found, ' 次有收效')
            else '本县还没有核查结果，先按政策预设'
        end,
        case
            when feeds_answers is not null and feeds_answers < county_answers
                then concat('；来源相同的 ', feeds_answers, ' 次中 ', feeds_found, ' 次有收效')
            else ''
        end
    ) as basis
from compared
