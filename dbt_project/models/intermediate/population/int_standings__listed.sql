-- Every standing of the month: a person on a list under a word that the crosswalk knows, with the class of 2023,
-- what the years before called it, and what the list says of him. A word that is not in force in the month makes
-- no standing; a monitored class whose risk is cleared makes none either.
with
roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and person_id is not null
),

monitored as (
    select * from {{ ref('int_persons__monitored') }}
    where is_monitored
),

classes as (
    select * from {{ ref('class_crosswalk') }}
    where
        class is not null
        and valid_from <= {{ last_day_of_month() }}
        and (valid_to is null or valid_to >= {{ last_day_of_month() }})
),

words as (
    -- What each vocabulary calls a list's word, and what the vocabulary of this month calls it.
    select
        feed,
        word,
        max(case when vocabulary = '2020' then called end) as word_2020,
        max(case when vocabulary = '2021' then called end) as word_2021,
        max(case
            when
                valid_from <= {{ last_day_of_month() }}
                and (valid_to is null or valid_to >= {{ last_day_of_month() }})
                then called
        end) as word_in_force
    from {{ ref('class_words') }}
    group by feed, word
),

listed as (
    select
        person_id,
        'assistance_roster' as feed,
        aid_type as word,
        case_no as list_no,
        is_link_certain,
        admitted_on as entered_on,
        cause,
        township,
        village,
        place_kind,
        care
    from roster
    union all
    select
        person_id,
        'rural_monitoring' as feed,
        class as word,
        household_no as list_no,
        is_link_certain,
        identified_on as entered_on,
        risk as cause,
        township,
        village,
        -- The list is one of rural households.
        '农村' as place_kind,
        cast(null as varchar) as care
    from monitored
)

select
    listed.person_id,
    classes.class,
    listed.feed as source_feed,
    listed.word,
    words.word_2020,
    words.word_2021,
    words.word_in_force,
    classes.precedence,
    listed.list_no,
    listed.is_link_certain,
    listed.entered_on,
    listed.cause,
    listed.township,
    listed.village,
    listed.place_kind,
    listed.care
from listed
inner join classes on listed.feed = classes.feed and listed.word = classes.word
left join words on listed.feed = words.feed and listed.word = words.word
