-- This month's register of who is in work.
with
source as (
    select * from {{ source('lake', 'employment') }}
    where month = {{ this_month() }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'employment' and role = 'self'
),

linked as (
    {{ linked_rows() }}
)

select
    month,
    file,
    sheet,
    row,
    person_id,
    is_link_certain,
    first_job_on,
    state,
    away
from linked
