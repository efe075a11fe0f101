with
source as (
    select * from {{ source('lake', 'means_test') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'means_test' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- What comes again is the same event: the latest delivery speaks.
    {{ numbered_events("coalesce(person_id, concat(name, '|', id_no)), checked_on") }}
)

select
    month,
    file,
    sheet,
    row,
    person_id,
    is_link_certain,
    checked_on,
    vehicles,
    houses,
    deposits,
    housing_fund,
    verdict
from numbered
where place = 1
