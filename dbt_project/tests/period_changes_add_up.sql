-- Over the unbroken run of months in which a list came: its population at the start, plus and minus all changes
-- since, is this month's. A list that missed a month began anew, as opening stock; so does one in a month that was
-- built before changes were recorded.
with
past as (
    select * from {{ source('lake', 'population_past') }}
),

feeds as (
    select * from {{ source('lake', 'feeds') }}
),

recorded as (
    select * from {{ source('lake', 'changes_recorded') }}
),

months as (
    select distinct
        source_feed,
        month
    from past
),

starts as (
    select
        months.source_feed,
        max(months.month) as month
    from months
    left join months as earlier
        on
            months.source_feed = earlier.source_feed
            and earlier.month = {{ month_of("cast(cast(concat(months.month, '-01') as date) - interval 1 month as date)") }}
    left join recorded on months.month = recorded.month
    where earlier.month is null or recorded.month is null
    group by months.source_feed
),

running as (
    -- Lists that came last month and this month: of others nothing is to be added up.
    select starts.*
    from starts
    inner join feeds on starts.source_feed = feeds.feed
    inner join months on starts.source_feed = months.source_feed and months.month = {{ months_before(1) }}
    where feeds.came
),

changes as (
    {{ population_changes_between("'0000-00'", this_month()) }}
),

moves as (
    select
        source_feed,
        class,
        'closing' as item,
        1 as persons
    from {{ ref('fct_population_monthly') }}
    union all
    select
        past.source_feed,
        past.class,
        'opening' as item,
        1 as persons
    from past
    inner join running on past.source_feed = running.source_feed and past.month = running.month
    union all
    select
        changes.source_feed,
        changes.to_class as class,
        'opening' as item,
        1 as persons
    from changes
    inner join running on changes.source_feed = running.source_feed
    where changes.to_class is not null and changes.effective_month > running.month
    union all
    select
        changes.source_feed,
        changes.from_class as class,
        'opening' as item,
        -1 as persons
    from changes
    inner join running on changes.source_feed = running.source_feed
    where changes.from_class is not null and changes.effective_month > running.month
)

select
    moves.source_feed,
    moves.class,
    sum(case moves.item when 'opening' then moves.persons else -moves.persons end) as difference
from moves
inner join running on moves.source_feed = running.source_feed
group by moves.source_feed, moves.class
having sum(case moves.item when 'opening' then moves.persons else -moves.persons end) <> 0
