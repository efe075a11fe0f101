-- Every tag of the notices with its source: how many carry it, when the source came last, or that no source gives
-- it yet (R068: freshness). A tag without a source is a slot that says what it waits for, never a count of nought.
with
tags as (
    select * from {{ ref('tags') }}
),

tagged as (
    select * from {{ ref('fct_population_tag_monthly') }}
),

population as (
    select distinct person_id from {{ ref('fct_population_monthly') }}
),

feeds as (
    select * from {{ source('lake', 'feeds') }}
),

counted as (
    select
        tagged.tag,
        tagged.source_feed,
        count(*) as persons,
        count(population.person_id) as persons_in_population
    from tagged
    left join population on tagged.person_id = population.person_id
    group by tagged.tag, tagged.source_feed
)

select
    tags.tag,
    coalesce(tags.source_feed, '无') as source_feed,
    tags.basis,
    tags.requirement,
    tags.definition,
    case
        when tags.source_feed is null then '没有数据来源'
        when feeds.feed is not null and not feeds.came then '本月未收到'
        else '本月'
    end as state,
    case when tags.source_feed = 'registry' then {{ this_month() }} else feeds.last_month end as seen_month,
    case
        when tags.source_feed is null then null
        when feeds.feed is not null and not feeds.came then null
        else coalesce(counted.persons, 0)
    end as persons,
    case
        when tags.source_feed is null then null
        when feeds.feed is not null and not feeds.came then null
        else coalesce(counted.persons_in_population, 0)
    end as persons_in_population
from tags
left join feeds on tags.source_feed = feeds.feed
left join counted on tags.tag = counted.tag and tags.source_feed = counted.source_feed
