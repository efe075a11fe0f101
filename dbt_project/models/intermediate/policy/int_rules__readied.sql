-- Which rules can speak this month: their feeds came and their parameters have a value. What is missing is
-- said in a sentence that stands on the list instead of silence.
with
rules as (
    select * from {{ ref('rule_catalogue') }}
),

feeds as (
    select * from {{ source('lake', 'feeds') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

words as (
    select * from {{ ref('parameters') }}
),

needed as (
    select
        rule_id,
        unnest(string_split(needs_feeds, ';')) as feed
    from rules
),

helping as (
    select
        rule_id,
        unnest(string_split(helping_feeds, ';')) as feed
    from rules
    where helping_feeds is not null
),

asked as (
    select
        rule_id,
        unnest(string_split(parameters, ';')) as parameter
    from rules
    where parameters is not null
),

absent as (
    select
        needed.rule_id,
        string_agg(
            concat(
                '本月无', feeds.title, '数据',
                case
                    when feeds.last_month is null then '（从未收到）'
                    else concat('（最近一次为 ', feeds.last_month, '）')
                end
            ),
            '；' order by needed.feed
        ) as reason
    from needed
    inner join feeds on needed.feed = feeds.feed
    where not feeds.came
    group by needed.rule_id
),

thin as (
    select
        helping.rule_id,
        string_agg(
            concat(
                '本月无', feeds.title, '数据',
                case
                    when feeds.last_month is null then '（从未收到）'
                    else concat('（最近一次为 ', feeds.last_month, '）')
                end
            ),
            '；' order by helping.feed
        ) as reason
    from helping
    inner join feeds on helping.feed = feeds.feed
    where not feeds.came
    group by helping.rule_id
),

weighed as (
    select
        asked.rule_id,
        string_agg(
            case when policy.value is null then coalesce(nullif(words.title, ''), asked.parameter) end, '、' order by asked.parameter
        ) as missing,
        string_agg(policy.reference, '; ' order by asked.parameter) as policy_ref
    from asked
    left join policy on asked.parameter = policy.parameter
    left join words on asked.parameter = words.parameter
    group by asked.rule_id
)

select
    rules.rule_id,
    case
        when weighed.missing is not null then concat('未配置规则：本地区没有', weighed.missing, '的值')
        when absent.reason is not null then concat('未评估：', absent.reason)
    end as blocked_reason,
    case when thin.reason is not null then concat(thin.reason, '，仅凭其余来源评估') end as thin_reason,
    coalesce(weighed.policy_ref, '无参数') as policy_ref
from rules
left join absent on rules.rule_id = absent.rule_id
left join thin on rules.rule_id = thin.rule_id
left join weighed on rules.rule_id = weighed.rule_id
