-- One row per payment that reached its account. Failed and returned money is not paid money.
with
source as (
    select * from {{ source('lake', 'assistance_payment') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'assistance_payment' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- The same payment in two deliveries (or twice in one export) is one payment.
    select
        *,
        row_number() over (
            partition by case_no, pay_month, aid_type, amount, bank_account, pay_status, person_id
            order by month desc, file, sheet, row
        ) as place
    from linked
    where pay_month <= {{ this_month() }}
),

attempts as (
    select * from numbered
    where place = 1
),

returned_later as (
    -- A 退回 of a later delivery takes back the success reported before it. In the same delivery it is an
    -- attempt of its own, and the success beside it is the payment sent again.
    select distinct
        success.case_no,
        success.pay_month,
        success.aid_type,
        success.amount,
        success.bank_account
    from attempts as success
    inner join attempts as returned
        on
            success.case_no = returned.case_no
            and success.pay_month = returned.pay_month
            and success.aid_type = returned.aid_type
            and success.amount is not distinct from returned.amount
            and success.bank_account is not distinct from returned.bank_account
            and success.month < returned.month
    where success.pay_status = '成功' and returned.pay_status = '退回'
)

select
    attempts.month,
    attempts.file,
    attempts.sheet,
    attempts.row,
    attempts.person_id,
    attempts.is_link_certain,
    attempts.case_no,
    attempts.pay_month,
    attempts.aid_type,
    attempts.amount,
    attempts.bank_account
from attempts
left join returned_later
    on
        attempts.case_no = returned_later.case_no
        and attempts.pay_month = returned_later.pay_month
        and attempts.aid_type = returned_later.aid_type
        and attempts.amount is not distinct from returned_later.amount
        and attempts.bank_account is not distinct from returned_later.bank_account
where attempts.pay_status = '成功' and returned_later.case_no is null
