-- Which person each row and role speaks of, under the ids of this month: an id that was merged into another
-- since the row came is followed to the one that lives on, and a description that moved to another person
-- takes its rows of earlier months along.
with
crosswalk as (
    select * from {{ source('lake', 'crosswalk') }}
),

living as (
    select * from {{ ref('stg_linkage__followed') }}
),

moved as (
    select distinct other_id as old_id
    from {{ source('lake', 'events') }}
    where kind = 'move' and other_id is not null
),

rehomed as (
    select
        crosswalk.month,
        crosswalk.feed,
        crosswalk.file,
        crosswalk.sheet,
        crosswalk.row,
        crosswalk.role,
        profiles.person_id,
        profiles.grade
    from crosswalk
    inner join moved on crosswalk.person_id = moved.old_id
    inner join {{ source('lake', 'records') }} as records
        on
            crosswalk.month = records.month
            and crosswalk.feed = records.feed
            and crosswalk.file = records.file
            and crosswalk.sheet = records.sheet
            and crosswalk.row = records.row
            and crosswalk.role = records.role
    inner join {{ source('lake', 'registry_profiles') }} as profiles on records.profile_key = profiles.profile_key
)

select
    crosswalk.month,
    crosswalk.feed,
    crosswalk.file,
    crosswalk.sheet,
    crosswalk.row,
    crosswalk.role,
    coalesce(rehomed.person_id, living.person_id, crosswalk.person_id) as person_id,
    coalesce(rehomed.grade, crosswalk.grade) as grade
from crosswalk
left join living on crosswalk.person_id = living.old_id
left join rehomed
    on
        crosswalk.month = rehomed.month
        and crosswalk.feed = rehomed.feed
        and crosswalk.file = rehomed.file
        and crosswalk.sheet = rehomed.sheet
        and crosswalk.row = rehomed.row
        and crosswalk.role = rehomed.role
