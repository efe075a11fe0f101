-- Every month's roster stays: a payment is read against the roster of its time.
with
source as (
    select * from {{ source('lake', 'assistance_roster') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'assistance_roster' and role = 'self'
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
    case_no,
    aid_type,
    aid_type_raw as aid_words,
    head_name,
    name,
    relation,
    household_size,
    insured_size,
    health,
    labour,
    cause,
    income_pc_month,
    monthly_amount,
    admitted_on,
    grace_from,
    township,
    village,
    "group" as village_group,
    hukou_address,
    residence_address
from linked
