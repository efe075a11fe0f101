-- The household over time as of this month, from every list delivered: one row per person, number and stay.
with
memberships as (
    select * from {{ ref('int_memberships__dated') }}
)

select
    household_key,
    household_id,
    person_id,
    relation,
    from_month,
    to_month,
    entered_as,
    left_as,
    feed as source_feed,
    case when is_link_certain then 'certain' else 'review' end as link_grade
from memberships
