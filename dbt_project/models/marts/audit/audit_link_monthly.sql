-- How sure the links of the month are, per feed and role.
select
    feed,
    role,
    grade,
    count(*) as rows
from {{ source('lake', 'crosswalk') }}
where month = {{ this_month() }}
group by feed, role, grade
