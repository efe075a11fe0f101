-- What reached a case for a month, whoever collected it. 临时救助 is paid on top and is no part of it.
with
payments as (
    select * from {{ ref('stg_assistance_payment__payments') }}
    where case_no is not null and aid_type <> '临时救助'
)

select
    case_no,
    pay_month,
    cast(sum(amount) as decimal(18, 2)) as paid,
    cast(count(*) as integer) as payments,
    cast(count(distinct bank_account) as integer) as accounts,
    cast(count(*) filter (where amount is null) as integer) as amounts_unknown,
    max(month) as delivered,
    string_agg(distinct concat('assistance_payment/', file), ';' order by concat('assistance_payment/', file)) as origins
from payments
group by case_no, pay_month
