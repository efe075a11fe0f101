-- Every 低保 case with a grace: where it stands in the region's schedule this month, what is due by it, what
-- was paid. A case that was on last month's roster and is on this month's no more stands here too: whether it
-- was stopped early is asked of it.
with
cases as (
    select * from {{ ref('int_cases__rostered') }}
    where aid_type = '低保' and grace_from is not null
),

every_case as (
    select * from {{ ref('int_cases__rostered') }}
),

paid as (
    select * from {{ ref('int_cases__paid') }}
),

steps as (
    select * from {{ ref('int_grace_steps__configured') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

configured as (
    select
        max(length_months) as length_months,
        string_agg(words, '、' order by step) as schedule_words
    from steps
),

frozen as (
    select coalesce(bool_or(value = 'yes'), false) as is_exit_frozen
    from policy
    where parameter = 'exit_freeze'
),

latest as (
    select
        *,
        row_number() over (partition by case_no order by month desc) as place
    from cases
    where month in ({{ this_month() }}, {{ month_before() }})
),

counted as (
    select
        latest.*,
        {{ month_of('latest.grace_from') }} as grace_month,
        cast(date_diff('month', date_trunc('month', latest.grace_from), {{ first_day() }}) as integer) as month_index,
        configured.length_months,
        configured.schedule_words,
        frozen.is_exit_frozen
    from latest
    cross join configured
    cross join frozen
    where latest.place = 1
),

payments_before as (
    -- What was last paid before the grace, and for how many: a month paid twice tells no amount.
    select
        counted.case_no,
        max_by(paid.paid, paid.pay_month) as paid,
        max_by(then_listed.members, paid.pay_month) as members,
        max(paid.pay_month) as pay_month
    from counted
    inner join paid on counted.case_no = paid.case_no and counted.grace_month > paid.pay_month
    left join every_case as then_listed on paid.case_no = then_listed.case_no and paid.pay_month = then_listed.month
    where paid.payments = 1 and paid.amounts_unknown = 0
    group by counted.case_no
),

based as (
    select
        counted.*,
        -- The amount before the grace, as long as the same number is insured; else what the roster approves.
        case
            when payments_before.members = counted.members then payments_before.paid
            when counted.amounts_unknown = 0 and counted.is_complete then counted.approved
        end as original,
        case
            when payments_before.members = counted.members then concat('渐退前 ', payments_before.pay_month, ' 实发')
            when counted.amounts_unknown = 0 and counted.is_complete then '花名册月保障金额合计'
        end as original_basis,
        coalesce(payments_before.members = counted.members, false) as is_original_paid,
        steps.share as share_now
    from counted
    left join payments_before on counted.case_no = payments_before.case_no
    left join steps on counted.month_index between steps.from_index and steps.to_index
)

select
    based.case_no,
    based.person_id,
    based.aid_type,
    based.month as listed_month,
    based.month = {{ this_month() }} as is_listed,
    based.township,
    based.village,
    based.members,
    based.is_single_person,
    based.grace_from,
    based.grace_months_stated,
    based.month_index,
    based.length_months,
    based.schedule_words,
    based.share_now,
    coalesce(based.month_index >= 0 and based.month_index < based.length_months, false) as is_in_grace,
    coalesce(based.month_index >= based.length_months, false) as is_over,
    {{ month_of("(date_trunc('month', based.grace_from) + to_months(based.length_months - 1))") }} as ends_after,
    based.is_exit_frozen,
    based.approved,
    based.amounts_unknown,
    based.original,
    based.original_basis,
    based.is_original_paid,
    cast(round(based.original * based.share_now, 2) as decimal(18, 2)) as due_now,
    paid.paid as paid_now,
    coalesce(paid.payments, 0) as payments_now,
    coalesce(paid.amounts_unknown, 0) as paid_unknown_now,
    based.is_link_certain,
    based.rows_used,
    concat_ws(';', based.origins, paid.origins) as origins
from based
left join paid on based.case_no = paid.case_no and paid.pay_month = {{ this_month() }}
