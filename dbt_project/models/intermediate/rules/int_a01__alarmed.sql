-- A01 raised warnings of one rule in many households of one village: an alarm for the county, never a warning about
-- a person. Only rules that tell of shocks and hardship count (the policy names them): lists that do not meet in a
-- village are work, not a danger. Households are counted, or one large family would be a cluster; the share is over
-- the village's known households: those that live there by their head, and those warned of.
with
raised as (
    select * from {{ ref('int_rules__assessed') }}
    where is_raised and nullif(township, '') is not null and nullif(village, '') is not null
),

households as (
    select * from {{ ref('int_households__formed') }}
    where is_head
),

persons as (
    select * from {{ ref('int_persons__described') }}
    where nullif(township, '') is not null and nullif(village, '') is not null
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['cluster_alarm_count', 'cluster_alarm_share']) }}
),

causes as (
    {{ policy_words('cluster_alarm_rules') }}
),

referred as (
    select string_agg(reference, '; ' order by parameter) as policy_ref
    from policy
    where parameter in ('cluster_alarm_rules', 'cluster_alarm_count', 'cluster_alarm_share')
),

homes as (
    select
        raised.warning_id,
        raised.rule_id,
        raised.township,
        raised.village,
        causes.word is not null as is_cause,
        -- Whoever is of no known household stands for one.
        coalesce(raised.household_id, raised.person_id, raised.warning_id) as home
    from raised
    left join causes on raised.rule_id = causes.word
),

known as (
    select
        persons.township,
        persons.village,
        households.household_id as home
    from households
    inner join persons on households.person_id = persons.person_id
    union
    select
        township,
        village,
        home
    from homes
),

sizes as (
    select
        township,
        village,
        count(*) as known_households
    from known
    group by township, village
),

clusters as (
    select
        township,
        village,
        rule_id as cause_rule,
        count(*) as warnings,
        count(distinct home) as households
    from homes
    where is_cause
    group by township, village, rule_id
),

measured as (
    select
        clusters.*,
        sizes.known_households,
        cast(clusters.households as decimal(18, 4)) / sizes.known_households as share
    from clusters
    inner join sizes on clusters.township = sizes.township and clusters.village = sizes.village
)

select
    {{ warning_id("'A01'", "concat_ws('|', measured.township, measured.village)", 'measured.cause_rule') }} as alarm_id,
    'A01' as rule_id,
    measured.township,
    measured.village,
    measured.cause_rule,
    measured.warnings,
    measured.households,
    measured.known_households,
    cast(measured.share as decimal(6, 4)) as share,
    referred.policy_ref
from measured
cross join limits
cross join referred
-- A limit without a value compares with nothing: no rule is configured and no alarm is given.
where
    measured.households >= limits.cluster_alarm_count
    and measured.share > limits.cluster_alarm_share
