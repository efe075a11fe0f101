-- Who belongs to which class of the low-income population this month, in the words in force (2023), what 2020 and
-- 2021 called it, its tier, and since which month. A person may stand in more than one class.
with
standings as (
    select * from {{ ref('int_standings__listed') }}
),

tiers as (
    select * from {{ ref('int_standings__tiered') }}
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

followed as (
    select * from {{ ref('stg_linkage__followed') }}
),

grouped as (
    select
        person_id,
        class,
        source_feed,
        min(entered_on) as entered_on,
        min(concat(township, '|', coalesce(village, ''))) as address,
        -- Of several words of one class the gravest speaks for all that is said of the standing.
        min_by(word, concat(precedence, word)) as word,
        min_by(word_2020, concat(precedence, word)) as word_2020,
        min_by(word_2021, concat(precedence, word)) as word_2021,
        min_by(word_in_force, concat(precedence, word)) as word_in_force,
        min(place_kind) as place_kind,
        min(care) as care,
        min(cause) as cause,
        string_agg(distinct list_no, ';' order by list_no) as list_no,
        bool_or(is_link_certain) as is_link_certain
    from standings
    group by person_id, class, source_feed
),

earlier as (
    select
        coalesce(followed.person_id, before.person_id) as person_id,
        before.class,
        min(before.since) as since
    from before
    left join followed on before.person_id = followed.old_id
    group by coalesce(followed.person_id, before.person_id), before.class
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
    ) as since,
    tiers.tier,
    tiers.tier_basis,
    grouped.place_kind,
    grouped.care,
    grouped.word,
    grouped.word_2020,
    grouped.word_2021,
    grouped.word_in_force,
    grouped.cause,
    grouped.list_no,
    grouped.is_link_certain
from grouped
left join earlier on grouped.person_id = earlier.person_id and grouped.class = earlier.class
left join tiers on grouped.person_id = tiers.person_id and grouped.class = tiers.class
left join households on grouped.person_id = households.person_id
left join persons on grouped.person_id = persons.person_id
