with
source as (
    select * from {{ source('lake', 'education_aid') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'education_aid' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- A blank amount is unknown, never 'no aid'.
    {{ numbered_events("coalesce(person_id, concat(name, '|', id_no)), school_year, term, programme") }}
)

select
    month,
    file,
    sheet,
    row,
    person_id,
    is_link_certain,
    school_year,
    term,
    programme,
    amount,
    paid_on
from numbered
where place = 1
