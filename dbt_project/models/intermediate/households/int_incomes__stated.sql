-- Income per head and year of each household of the rural list. The figure is repeated on every member's
-- row: where the rows differ the head's own row speaks, then the first. While the basic pension does not
-- count as income (R011), what the pension feed shows of it is taken out.
with
rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
),

pensions as (
    select * from {{ ref('stg_pension__payments') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

stated as (
    select
        household_no,
        min_by(
            income_pc_year,
            concat(case when relation in ('01', '02') then '0' else '1' end, file, sheet, lpad(cast(row as varchar), 9, '0'))
        ) filter (where income_pc_year is not null) as income_pc_year,
        count(distinct income_pc_year) as figures,
        count(*) as size
    from rural
    group by household_no
),

excluded as (
    select coalesce(bool_or(value = 'yes'), false) as is_excluded
    from policy
    where parameter = 'basic_pension_excluded'
),

basic as (
    select
        rural.household_no,
        sum(pensions.basic_pension) as basic_pension_year
    from rural
    inner join pensions on rural.person_id = pensions.person_id
    where
        pensions.of_month > substr(cast({{ first_day() }} - interval 12 month as varchar), 1, 7)
        and pensions.of_month <= {{ this_month() }}
    group by rural.household_no
)

select
    stated.household_no,
    stated.income_pc_year as income_pc_year_stated,
    cast(
        case
            when excluded.is_excluded
                then greatest(stated.income_pc_year - coalesce(basic.basic_pension_year, 0) / stated.size, 0)
            else stated.income_pc_year
        end as decimal(18, 2)
    ) as income_pc_year,
    stated.figures,
    stated.size
from stated
cross join excluded
left join basic on stated.household_no = basic.household_no
