-- The tier of each person and class (R053): computed from the list's words by the policy's lists, the gravest
-- word first. It is 人工确认 where a village's settling answer proposed an aid of the same tier.
with
standings as (
    select * from {{ ref('int_standings__listed') }}
),

tiers as (
    select * from {{ ref('tiers') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

dispositions as (
    select * from {{ source('lake', 'dispositions') }}
    where aid is not null and person_id is not null
),

followed as (
    select * from {{ ref('stg_linkage__followed') }}
),

confirming as (
    {{ policy_words('referral_results') }}
),

tier_words as (
    select
        tiers.tier,
        tiers.place,
        unnest(string_split(policy.value, ';')) as word
    from tiers
    inner join policy on tiers.parameter = policy.parameter
),

confirmed as (
    select distinct
        coalesce(followed.person_id, dispositions.person_id) as person_id,
        tier_words.tier
    from dispositions
    inner join confirming on dispositions.result = confirming.word
    inner join tier_words on dispositions.aid = tier_words.word
    left join followed on dispositions.person_id = followed.old_id
),

computed as (
    select
        standings.person_id,
        standings.class,
        min_by(tier_words.tier, tier_words.place) as tier
    from standings
    inner join tier_words on standings.word = tier_words.word
    group by standings.person_id, standings.class
)

select
    computed.person_id,
    computed.class,
    computed.tier,
    case when confirmed.person_id is not null then '人工确认' else '推定' end as tier_basis
from computed
left join confirmed on computed.person_id = confirmed.person_id and computed.tier = confirmed.tier
