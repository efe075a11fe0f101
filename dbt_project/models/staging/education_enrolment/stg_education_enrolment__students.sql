with
source as (
    select * from {{ source('lake', 'education_enrolment') }}
    where month = {{ this_month() }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'education_enrolment' and role = 'self'
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
    school,
    stage,
    grade,
    state,
    tuition_year
from linked
