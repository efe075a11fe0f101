-- Each grace month by month, as far as payments were delivered: the share and the yuan that were due, what was
-- paid, and by how much it was too much or too little. After the last step nothing is due.
with
graces as (
    select * from {{ ref('int_graces__scheduled') }}
),

steps as (
    select * from {{ ref('int_grace_steps__configured') }}
),

paid as (
    select * from {{ ref('int_cases__paid') }}
),

first_payments as (
    -- Payments are known from the first month that was delivered: before it nothing can be missing.
    select min(pay_month) as pay_month from paid
),

indexes as (
    select
        graces.*,
        unnest(range(0, graces.month_index + 1)) as each_index
    from graces
    where graces.month_index >= 0
),

dated as (
    select
        *,
        {{ month_of("(date_trunc('month', grace_from) + to_months(cast(each_index as integer)))") }} as pay_month
    from indexes
)

select
    dated.case_no,
    dated.person_id,
    dated.pay_month,
    cast(dated.each_index as integer) as month_index,
    dated.length_months,
    coalesce(steps.share, 0) as share,
    dated.original,
    cast(round(dated.original * coalesce(steps.share, 0), 2) as decimal(18, 2)) as due,
    cast(coalesce(paid.paid, 0) as decimal(18, 2)) as paid,
    cast(
        coalesce(paid.paid, 0) - round(dated.original * coalesce(steps.share, 0), 2) as decimal(18, 2)
    ) as difference
from dated
cross join first_payments
left join steps on dated.each_index between steps.from_index and steps.to_index
left join paid on dated.case_no = paid.case_no and dated.pay_month = paid.pay_month
where dated.pay_month >= first_payments.pay_month and coalesce(paid.amounts_unknown, 0) = 0
