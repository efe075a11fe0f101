-- What a household is said to earn this month beside its oldest statement in the window before. A fall is one of the
-- whole income and of the income per head: a birth lowers the one, a wedding the other, and neither is a fall.
with
rural as (
    select * from {{ ref('stg_rural_monitoring__months') }}
    where household_no is not null
),

roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where case_no is not null
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['income_fall_window_months', 'income_fall_share']) }}
),

span as (
    select
        {{ month_of("cast(" ~ first_day() ~ " - to_months(cast(income_fall_window_months as integer)) as date)") }}
            as month_from
    from limits
    where income_fall_window_months is not null
),

statements as (
    select
        month,
        concat('household_no:', household_no) as household_key,
        income_pc_year,
        cast(null as integer) as size_stated,
        concat(case when relation in ('01', '02') then '0' else '1' end, file, sheet, lpad(cast(row as varchar), 9, '0'))
            as row_order,
        coalesce(person_id, concat(file, '|', sheet, '|', cast(row as varchar))) as member,
        concat('rural_monitoring/', file) as origin
    from rural
    union all
    select
        month,
        concat('case_no:', case_no),
        cast(income_pc_month * 12 as decimal(18, 2)),
        household_size,
        concat(case when relation in ('01', '02') then '0' else '1' end, file, sheet, lpad(cast(row as varchar), 9, '0')),
        coalesce(person_id, concat(file, '|', sheet, '|', cast(row as varchar))),
        concat('assistance_roster/', file)
    from roster
),

monthly as (
    -- As in int_incomes__stated: the head's own row speaks, then the first.
    select
        statements.household_key,
        statements.month,
        min_by(statements.income_pc_year, statements.row_order) filter (where statements.income_pc_year is not null)
            as income_pc_year,
        greatest(count(distinct statements.member), coalesce(max(statements.size_stated), 0)) as size,
        count(*) as rows_used,
        min(statements.origin) as origin
    from statements
    cross join span
    where statements.month between span.month_from and {{ this_month() }}
    group by statements.household_key, statements.month
),

oldest as (
    select
        household_key,
        min(month) as month
    from monthly
    where month < {{ this_month() }} and income_pc_year is not null
    group by household_key
),

paired as (
    select
        now.household_key,
        now.income_pc_year as now_pc_year,
        cast(now.income_pc_year * now.size as decimal(18, 2)) as now_year,
        earlier.month as before_month,
        earlier.income_pc_year as before_pc_year,
        cast(earlier.income_pc_year * earlier.size as decimal(18, 2)) as before_year,
        now.rows_used + coalesce(earlier.rows_used, 0) as rows_used,
        concat_ws(';', now.origin, case when earlier.origin <> now.origin then earlier.origin end) as origins
    from monthly as now
    left join oldest on now.household_key = oldest.household_key
    left join monthly as earlier on oldest.household_key = earlier.household_key and oldest.month = earlier.month
    where now.month = {{ this_month() }}
)

select
    paired.household_key,
    paired.before_month,
    paired.before_year,
    paired.now_year,
    cast(paired.before_pc_year / 12 as decimal(18, 2)) as before_pc_month,
    cast(paired.now_pc_year / 12 as decimal(18, 2)) as now_pc_month,
    -- Nothing falls from nothing or from less.
    coalesce(
        paired.before_year > 0
        and paired.now_year < paired.before_year * (1 - limits.income_fall_share)
        and paired.now_pc_year < paired.before_pc_year * (1 - limits.income_fall_share),
        false
    ) as has_fallen,
    cast(
        case when paired.before_year > 0 then (paired.before_year - paired.now_year) * 100 / paired.before_year end
        as decimal(18, 1)
    ) as fall_percent,
    paired.now_pc_year is null as is_unknown_now,
    cast(paired.rows_used as integer) as rows_used,
    paired.origins
from paired
cross join limits
