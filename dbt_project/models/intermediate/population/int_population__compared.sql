-- This month's population against last month's: who came into a class, who left one, who changed class within one
-- list. Ids that were merged since are followed first. A list of which no month before is known is not compared:
-- its people are the opening stock (期初), no entries; a list that did not come this month ends nobody's standing.
with
now_standing as (
    select * from {{ ref('fct_population_monthly') }}
),

before as (
    select * from {{ source('lake', 'population_before') }}
),

feeds as (
    select * from {{ source('lake', 'feeds') }}
),

comparable as (
    select distinct before.source_feed
    from before
    inner join feeds on before.source_feed = feeds.feed
    where feeds.came
),

stood as (
    select stood.*
    from {{ ref('int_population__stood') }} as stood
    inner join comparable on stood.source_feed = comparable.source_feed
),

stands as (
    select now_standing.*
    from now_standing
    inner join comparable on now_standing.source_feed = comparable.source_feed
),

gone as (
    select
        stood.*,
        row_number() over (partition by stood.person_id, stood.source_feed order by stood.class) as turn
    from stood
    left join stands
        on
            stood.person_id = stands.person_id
            and stood.class = stands.class
            and stood.source_feed = stands.source_feed
    where stood.place = 1 and stands.person_id is null
),

came as (
    select
        stands.*,
        row_number() over (partition by stands.person_id, stands.source_feed order by stands.class) as turn
    from stands
    left join stood
        on
            stands.person_id = stood.person_id
            and stands.class = stood.class
            and stands.source_feed = stood.source_feed
    where stood.person_id is null
)

select
    coalesce(came.person_id, gone.person_id) as person_id,
    coalesce(gone.previous_person_id, came.person_id) as previous_person_id,
    coalesce(came.source_feed, gone.source_feed) as source_feed,
    case
        when gone.person_id is null then '新增'
        when came.person_id is null then '退出'
        else '转类'
    end as change,
    gone.class as from_class,
    came.class as to_class,
    gone.word as from_word,
    came.word as to_word,
    coalesce(came.household_id, gone.household_id) as household_id,
    coalesce(came.township, gone.township) as township,
    coalesce(came.village, gone.village) as village,
    gone.township as from_township,
    coalesce(came.list_no, gone.list_no) as list_no,
    came.cause,
    false as is_merged
from came
full outer join gone
    on
        came.person_id = gone.person_id
        and came.source_feed = gone.source_feed
        and came.turn = gone.turn
union all
-- Two ids that turned out to be one person stood in one class: the count falls by one, nobody left.
select
    person_id,
    previous_person_id,
    source_feed,
    '退出' as change,
    class as from_class,
    cast(null as varchar) as to_class,
    word as from_word,
    cast(null as varchar) as to_word,
    household_id,
    township,
    village,
    township as from_township,
    list_no,
    cast(null as varchar) as cause,
    true as is_merged
from stood
where place > 1
