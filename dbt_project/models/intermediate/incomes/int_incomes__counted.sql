-- What each household's income comes to under the policy of the month, against its own standard. Compared on
-- totals (income of the year against standard × 12 × members), never on figures per head that were rounded.
with
stated as (
    select * from {{ ref('int_incomes__stated') }}
),

lines as (
    select * from {{ ref('int_incomes__lines') }}
),

connected as (
    select * from {{ ref('int_households__connected') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits([
        'dibao_standard_month', 'dibao_standard_urban_month', 'low_income_multiple', 'income_window_months'
    ]) }}
),

counted as (
    select
        household_key,
        cast(sum(amount_year) as decimal(18, 2)) as income_year,
        -- Before anything is taken out or imputed: what the source itself says of those who are members.
        cast(sum(case when basis = 'declared' and parameter is null then amount_year else 0 end) as decimal(18, 2))
            as income_year_stated,
        string_agg(distinct basis, ';' order by basis) filter (where is_counted and amount_year <> 0) as basis,
        string_agg(distinct parameter, ';' order by parameter) filter (where amount_year <> 0) as parameters
    from lines
    group by household_key
),

measured as (
    select
        stated.household_key,
        connected.household_id,
        stated.members,
        stated.standard_kind,
        counted.income_year_stated,
        counted.income_year,
        counted.basis,
        counted.parameters,
        stated.figures,
        limits.income_window_months,
        case
            when stated.standard_kind = 'urban'
                then coalesce(limits.dibao_standard_urban_month, limits.dibao_standard_month)
            else limits.dibao_standard_month
        end as standard_month,
        limits.low_income_multiple,
        case
            when stated.standard_kind = 'urban' and limits.dibao_standard_urban_month is not null
                then 'dibao_standard_urban_month'
            else 'dibao_standard_month'
        end as standard_parameter
    from stated
    left join counted on stated.household_key = counted.household_key
    left join connected on stated.household_key = connected.household_key
    cross join limits
),

lined as (
    select
        *,
        standard_month * 12 * members as standard_year,
        standard_month * low_income_multiple * 12 * members as line_year
    from measured
)

select
    household_key,
    household_id,
    members,
    standard_kind,
    income_year_stated,
    income_year,
    cast(income_year_stated / 12 / nullif(members, 0) as decimal(18, 2)) as income_pc_month_stated,
    cast(income_year / 12 / nullif(members, 0) as decimal(18, 2)) as income_pc_month,
    cast(standard_month as decimal(18, 2)) as standard_month,
    cast(standard_month * low_income_multiple as decimal(18, 2)) as line_month,
    case
        when members > 0 and income_year < standard_year then 'below standard'
        when members > 0 and income_year < line_year then 'below line'
        when members > 0 and income_year >= line_year then 'above'
    end as band,
    basis,
    {{ month_of("cast(" ~ first_day() ~ " - to_months(cast(income_window_months as integer) - 1) as date)") }} as window_from,
    {{ this_month() }} as window_to,
    figures,
    case
        when members <= 0 then '名单上的成员均登记死亡'
        when income_year is null then '收入不明'
    end as unassessed_reason,
    concat_ws(';', standard_parameter, 'low_income_multiple', parameters) as policy_used
from lined
