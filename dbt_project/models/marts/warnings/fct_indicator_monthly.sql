-- Figures per person that rules and pages read, with the window they cover and how many rows made them.
with
burdened as (
    select * from {{ ref('int_persons__burdened') }}
),

paid as (
    select * from {{ ref('int_person_months__paid') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['medical_burden_window_months']) }}
),

window_of as (
    select
        substr(cast({{ first_day() }} - to_months(cast(medical_burden_window_months as integer) - 1) as varchar), 1, 7)
            as first_month
    from limits
    where medical_burden_window_months is not null
),

received as (
    select
        paid.person_id,
        window_of.first_month,
        cast(sum(paid.amount) as decimal(18, 2)) as value,
        count(*) as rows_used
    from paid
    cross join window_of
    where paid.pay_month >= window_of.first_month and paid.pay_month <= {{ this_month() }} and paid.amount is not null
    group by paid.person_id, window_of.first_month
)

select
    person_id,
    'medical_own_burden' as indicator,
    own_total as value,
    window_from,
    window_to,
    cast(rows_used as bigint) as rows_used
from burdened
union all
select
    person_id,
    'medical_total' as indicator,
    total as value,
    window_from,
    window_to,
    cast(rows_used as bigint) as rows_used
from burdened
union all
select
    person_id,
    'assistance_received' as indicator,
    value,
    first_month as window_from,
    {{ this_month() }} as window_to,
    cast(rows_used as bigint) as rows_used
from received
