-- Who belongs to which class of the low-income population this month, in the words in force (2023), and since
-- which month. A person may stand in more than one class.
with
rostered as (
    select * from {{ ref('int_persons__rostered') }}
),

monitored as (
    select * from {{ ref('int_persons__monitored') }}
),

classes as (
    select * from {{ ref('class_crosswalk') }}
    where valid_from <= {{ last_day_of_month() }} and (valid_to is null or valid_to >= {{ last_day_of_month() }})
),

persons as (
    select * from {{ ref('int_persons__described') }}
),

households as (
    select * from {{ ref('int_households__formed') }}
),

before as (
    select * from {{ source('lake', 'population_before') }}
),

standings as (
    select
        rostered.person_id,
        classes.class,
        'assistance_roster' as source_feed,
        rostered.admitted_on as entered_on,
        rostered.township,
        rostered.village
    from rostered
    inner join classes on rostered.aid_type = classes.word and classes.feed = 'assistance_roster'
    union all
    select
        monitored.person_id,
        classes.class,
        'rural_monitoring' as source_feed,
        monitored.identified_on as entered_on,
        monitored.township,
        monitored.village
    from monitored
    inner join classes on monitored.class = classes.word and classes.feed = 'rural_monitoring'
    where monitored.is_monitored
),

grouped as (
    select
        person_id,
        class,
        source_feed,
        min(entered_on) as entered_on,
        min(concat(township, '|', coalesce(village, ''))) as address
    from standings
    group by person_id, class, source_feed
),

earlier as (
    select
        person_id,
        class,
        min(since) as since
    from before
    group by person_id, class
)

select
    grouped.person_id,
    households.household_id,
    grouped.class,
    grouped.source_feed,
    coalesce(nullif(split_part(grouped.address, '|', 1), ''), persons.township) as township,
    coalesce(nullif(split_part(grouped.address, '|', 2), ''), persons.village) as village,
    coalesce(
        earlier.since,
        case when grouped.entered_on <= {{ last_day_of_month() }} then {{ month_of('grouped.entered_on') }} end,
        {{ this_month() }}
    ) as since
from grouped
left join earlier on grouped.person_id = earlier.person_id and grouped.class = earlier.class
left join households on grouped.person_id = households.person_id
left join persons on grouped.person_id = persons.person_id
