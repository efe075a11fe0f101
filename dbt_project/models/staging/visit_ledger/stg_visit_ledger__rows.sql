with
source as (
    select * from {{ source('lake', 'visit_ledger') }}
    where month = {{ this_month() }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'visit_ledger' and role = 'self'
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
    household_size,
    relation,
    income_pc_month,
    current_aid,
    proposed_aid,
    reason_not,
    township,
    village
from linked
