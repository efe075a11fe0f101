-- Whose income lets a severe illness or disability be looked at as a household of one: every low-income person, and
-- where the region eases the entry (R016), the monitored whose household stands below that wider line too.
with
low_income as (
    select * from {{ ref('int_persons__low_income') }}
),

monitored as (
    select * from {{ ref('int_persons__monitored') }}
    where is_monitored
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['single_person_multiple']) }}
),

eased as (
    select
        monitored.person_id,
        monitored.class as grounds,
        monitored.is_link_certain,
        monitored.origins
    from monitored
    cross join line
    left join low_income on monitored.person_id = low_income.person_id
    where
        low_income.person_id is null
        -- On the household's total, never on a rounded head. No multiple, no easing.
        and monitored.income_year < monitored.standard_month * line.single_person_multiple * 12 * monitored.household_members
)

select
    person_id,
    grounds,
    is_link_certain,
    is_by_income_line,
    false as is_eased,
    origins
from low_income
union all
select
    person_id,
    grounds,
    is_link_certain,
    true as is_by_income_line,
    true as is_eased,
    origins
from eased
