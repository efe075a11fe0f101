-- What each person bore himself for medical care in the window that ends with this month: 个人负担总金额,
-- which is what is left after 医疗救助, net of reversals.
with
settlements as (
    select * from {{ ref('int_settlements__netted') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['medical_burden_window_months']) }}
),

span as (
    select
        cast({{ first_day() }} - to_months(cast(medical_burden_window_months as integer) - 1) as date) as from_day,
        {{ last_day_of_month() }} as to_day
    from limits
    where medical_burden_window_months is not null
)

select
    settlements.person_id,
    {{ month_of('span.from_day') }} as window_from,
    {{ month_of('span.to_day') }} as window_to,
    cast(sum(settlements.own_total) as decimal(18, 2)) as own_total,
    cast(sum(settlements.total) as decimal(18, 2)) as total,
    bool_and(settlements.is_link_certain) as is_link_certain,
    bool_or(settlements.is_amount_unknown) as is_amount_unknown,
    cast(sum(settlements.rows_used) as bigint) as rows_used
from settlements
cross join span
where settlements.settled_on between span.from_day and span.to_day
group by settlements.person_id, span.from_day, span.to_day
