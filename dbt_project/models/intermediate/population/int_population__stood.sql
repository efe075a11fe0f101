-- Last month's population under this month's ids. Of two ids that were merged since, place 1 is the standing that
-- goes on (the id that lives on, else the first) and the others are the same person counted twice.
with
before as (
    select * from {{ source('lake', 'population_before') }}
),

followed as (
    select * from {{ ref('stg_linkage__followed') }}
)

select
    coalesce(followed.person_id, before.person_id) as person_id,
    before.person_id as previous_person_id,
    before.class,
    before.source_feed,
    before.household_id,
    before.township,
    before.village,
    before.list_no,
    before.word,
    row_number() over (
        partition by coalesce(followed.person_id, before.person_id), before.class, before.source_feed
        order by case when followed.old_id is null then 0 else 1 end, before.person_id
    ) as place
from before
left join followed on before.person_id = followed.old_id
