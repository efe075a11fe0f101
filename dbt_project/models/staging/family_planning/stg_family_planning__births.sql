with
source as (
    select * from {{ source('lake', 'family_planning') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'family_planning' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- What comes again is the same event: the latest delivery speaks.
    {{ numbered_events("coalesce(person_id, concat(name, '|', id_no)), birth_date") }}
)

select
    month,
    file,
    sheet,
    row,
    person_id,
    is_link_certain,
    birth_date,
    parity
from numbered
where place = 1
