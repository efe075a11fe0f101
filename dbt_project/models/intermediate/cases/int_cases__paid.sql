-- What reached a case for a month, whoever collected it. 临时救助 is paid on top and is no part of it.
with
payments as (
    select
        *,
        false as is_aside
    from {{ ref('stg_assistance_payment__payments') }}
    where case_no is not null and aid_type <> '临时救助'
),

aside as (
    -- A row that was set aside may have been a payment of this case: until the agency has put it right, nobody can
    -- say what the case was paid. Without a month of its own it is the delivery's.
    select
        case_no,
        coalesce(pay_month, month) as pay_month,
        month,
        file
    from {{ source('lake', 'assistance_payment_aside') }}
    where
        case_no is not null
        and coalesce(aid_type, '') <> '临时救助'
        and coalesce(pay_month, month) <= {{ this_month() }}
),

known as (
    select
        case_no,
        pay_month,
        amount,
        bank_account,
        month,
        file,
        is_aside
    from payments
    union all
    select
        case_no,
        pay_month,
        cast(null as decimal(18, 2)) as amount,
        cast(null as varchar) as bank_account,
        month,
        file,
        true as is_aside
    from aside
)

select
    case_no,
    pay_month,
    cast(sum(amount) as decimal(18, 2)) as paid,
    cast(count(*) filter (where not is_aside) as integer) as payments,
    cast(count(distinct bank_account) as integer) as accounts,
    cast(count(*) filter (where amount is null) as integer) as amounts_unknown,
    max(month) as delivered,
    string_agg(distinct concat('assistance_payment/', file), ';' order by concat('assistance_payment/', file)) as origins
from known
group by case_no, pay_month
