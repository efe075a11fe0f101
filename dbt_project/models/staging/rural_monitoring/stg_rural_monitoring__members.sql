with
source as (
    select * from {{ source('lake', 'rural_monitoring') }}
    where month = {{ this_month() }}
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
    name,
    relation,
    health,
    labour,
    class,
    risk_cleared,
    identified_on,
    risk,
    income_wage,
    income_business,
    income_property,
    income_transfer,
    expense_business,
    income_pc_year,
    township,
    village
from linked
