with
source as (
    select * from {{ source('lake', 'disability') }}
    where month = {{ this_month() }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'disability' and role = 'self'
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
    category,
    level,
    living_allowance,
    nursing_allowance
from linked
