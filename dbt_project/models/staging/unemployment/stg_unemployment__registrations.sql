with
source as (
    select * from {{ source('lake', 'unemployment') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'unemployment' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- What comes again is the same event: the latest delivery speaks.
    {{ numbered_events("coalesce(person_id, concat(name, '|', id_no)), registered_on") }}
)

select
    month,
    file,
    sheet,
    row,
    person_id,
    is_link_certain,
    registered_on,
    insured,
    migrant
from numbered
where place = 1
