with
source as (
    select * from {{ source('lake', 'cremation') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'cremation' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- A running list: one event however often it is sent.
    {{ numbered_events("coalesce(person_id, concat(name, '|', id_no)), died_on") }}
)

select
    month,
    file,
    sheet,
    row,
    person_id,
    is_link_certain,
    died_on,
    died_on_precision
from numbered
where place = 1
