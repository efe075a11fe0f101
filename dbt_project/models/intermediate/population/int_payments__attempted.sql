-- Every payment attempt that this month's delivery tells of: money that arrived, failed or came back, for this month
-- or for an earlier one (arrears). The same attempt twice in an export is one.
with
source as (
    select * from {{ source('lake', 'assistance_payment') }}
    where month = {{ this_month() }} and pay_month <= {{ this_month() }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'assistance_payment' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    select
        *,
        row_number() over (
            partition by case_no, pay_month, aid_type, amount, bank_account, pay_status, person_id
            order by file, sheet, row
        ) as place
    from linked
)

select
    case_no,
    pay_month < {{ this_month() }} as is_arrears,
    aid_type,
    person_id,
    pay_status,
    amount
from numbered
where place = 1
