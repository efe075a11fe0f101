-- Under which id a person of an earlier month stands now: an id that was merged into another is followed to the
-- one that lives on. Only ids that changed have a row.
with recursive
merged as (
    select
        other_id as old_id,
        min(person_id) as new_id
    from {{ source('lake', 'events') }}
    where kind = 'merge' and other_id is not null and other_id <> person_id
    group by other_id
),

followed (old_id, new_id, steps) as (
    select
        old_id,
        new_id,
        1 as steps
    from merged
    union all
    select
        followed.old_id,
        merged.new_id,
        followed.steps + 1 as steps
    from followed
    inner join merged on followed.new_id = merged.old_id
    -- No id is merged more often than this; the bound keeps a faulty ring of events from running for ever.
    where followed.steps < 50
)

select
    old_id,
    max_by(new_id, steps) as person_id
from followed
group by old_id
