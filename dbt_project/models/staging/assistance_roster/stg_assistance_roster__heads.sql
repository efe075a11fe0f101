-- The head named on each row of this month's roster, as a person of his own.
with
source as (
    select * from {{ source('lake', 'assistance_roster') }}
    where month = {{ this_month() }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'assistance_roster' and role = 'head'
),

linked as (
    {{ linked_rows() }}
)

select distinct
    case_no,
    person_id,
    is_link_certain
from linked
where person_id is not null
