-- The rural list of every month delivered: who was listed in which household, and what it was said to earn.
with
source as (
    select * from {{ source('lake', 'rural_monitoring') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'rural_monitoring' and role = 'self'
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
    household_no,
    relation,
    class,
    income_pc_year,
    township,
    village
from linked
