with
source as (
    select * from {{ source('lake', 'pension') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'pension' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- What comes again is the same event: the latest delivery speaks.
    {{ numbered_events("coalesce(person_id, concat(name, '|', id_no)), of_month") }}
)

select
    month,
    file,
    sheet,
    row,
    person_id,
    is_link_certain,
    of_month,
    insurance,
    basic_pension,
    account_pension
from numbered
where place = 1
