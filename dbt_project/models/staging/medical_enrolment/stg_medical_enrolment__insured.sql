with
source as (
    select * from {{ source('lake', 'medical_enrolment') }}
    where month = {{ this_month() }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'medical_enrolment' and role = 'self'
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
    insurance_type,
    status,
    subsidy_class,
    year,
    own_premium
from linked
