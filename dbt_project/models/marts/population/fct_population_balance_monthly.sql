-- The account of the month per class and township: last month's persons, plus and minus every change, is this
-- month's persons. A class of a list without a month before is 期初: opening stock, no entries; a list that did
-- not come is 未比较.
with
now_standing as (
    select * from {{ ref('fct_population_monthly') }}
),

before as (
    select * from {{ source('lake', 'population_before') }}
),

changes as (
    select * from {{ ref('fct_population_change_monthly') }}
),

stood as (
    select * from {{ ref('int_population__stood') }}
),

feeds as (
    select * from {{ source('lake', 'feeds') }}
),

relocated as (
    -- The same person in the same class, listed by another township than last month.
    select
        stands.class,
        stands.source_feed,
        stood.township as from_township,
        stands.township as to_township
    from now_standing as stands
    inner join stood
        on
            stands.person_id = stood.person_id
            and stands.class = stood.class
            and stands.source_feed = stood.source_feed
    where stood.place = 1 and stands.township is distinct from stood.township
),

moves as (
    select
        class,
        source_feed,
        township,
        'persons' as item,
        count(*) as persons
    from now_standing
    group by class, source_feed, township
    union all
    select
        class,
        source_feed,
        township,
        'before' as item,
        count(*) as persons
    from before
    group by class, source_feed, township
    union all
    select
        to_class,
        source_feed,
        township,
        'entered' as item,
        count(*) as persons
    from changes
    where change = '新增'
    group by to_class, source_feed, township
    union all
    select
        from_class,
        source_feed,
        from_township,
        'left' as item,
        count(*) as persons
    from changes
    where change = '退出'
    group by from_class, source_feed, from_township
    union all
    select
        to_class,
        source_feed,
        township,
        'moved_in' as item,
        count(*) as persons
    from changes
    where change = '转类'
    group by to_class, source_feed, township
    union all
    select
        from_class,
        source_feed,
        from_township,
        'moved_out' as item,
        count(*) as persons
    from changes
    where change = '转类'
    group by from_class, source_feed, from_township
    union all
    select
        class,
        source_feed,
        to_township,
        'relocated_in' as item,
        count(*) as persons
    from relocated
    group by class, source_feed, to_township
    union all
    select
        class,
        source_feed,
        from_township,
        'relocated_out' as item,
        count(*) as persons
    from relocated
    group by class, source_feed, from_township
),

summed as (
    select
        class,
        source_feed,
        coalesce(township, '未写明乡镇') as township,
    {%- for item in ['before', 'entered', 'left', 'moved_in', 'moved_out', 'relocated_in', 'relocated_out', 'persons'] %}
        sum(case when item = '{{ item }}' then persons else 0 end) as sum_{{ item }}{{ "," if not loop.last }}
    {%- endfor %}
    from moves
    group by class, source_feed, coalesce(township, '未写明乡镇')
),

opened as (
    select distinct source_feed from before
)

select
    summed.class,
    summed.source_feed,
    summed.township,
    case
        when not feeds.came then '未比较'
        when opened.source_feed is null then '期初'
        else '已比较'
    end as state,
    case when opened.source_feed is not null then cast(summed.sum_before as bigint) end as persons_before,
    cast(summed.sum_entered as bigint) as entered,
    cast(summed.sum_left as bigint) as exited,
    cast(summed.sum_moved_in as bigint) as moved_in,
    cast(summed.sum_moved_out as bigint) as moved_out,
    cast(summed.sum_relocated_in as bigint) as relocated_in,
    cast(summed.sum_relocated_out as bigint) as relocated_out,
    cast(summed.sum_persons as bigint) as persons
from summed
inner join feeds on summed.source_feed = feeds.feed
left join opened on summed.source_feed = opened.source_feed
