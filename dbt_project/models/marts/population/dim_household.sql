-- One row per household: head, place, living members, income per head, the agencies' numbers.
with
members as (
    select * from {{ ref('int_households__formed') }}
),

connected as (
    select * from {{ ref('int_households__connected') }}
),

persons as (
    select * from {{ ref('int_persons__described') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
    where died_by < {{ first_day() }}
),

incomes as (
    select * from {{ ref('int_incomes__counted') }}
    where income_pc_month is not null
),

sized as (
    select
        members.household_id,
        max(case when members.is_head then members.person_id end) as head_person_id,
        cast(count(*) filter (where deaths.person_id is null) as integer) as size
    from members
    left join deaths on members.person_id = deaths.person_id
    group by members.household_id
),

numbered as (
    select
        household_id,
        string_agg(
            case when household_key like 'case_no:%' then substr(household_key, 9) end, ';' order by household_key
        ) as case_nos,
        string_agg(
            case when household_key like 'household_no:%' then substr(household_key, 14) end, ';' order by household_key
        ) as household_nos
    from connected
    group by household_id
),

income as (
    -- The rural list's counted income first; the roster's where there is none. The lower where two numbers differ.
    select
        household_id,
        coalesce(
            min(case when household_key like 'household_no:%' then income_pc_month end),
            min(case when household_key like 'case_no:%' then income_pc_month end)
        ) as income_pc_month,
        case
            when bool_or(household_key like 'household_no:%') then 'rural_monitoring' else 'assistance_roster'
        end as income_source
    from incomes
    group by household_id
)

select
    sized.household_id,
    sized.head_person_id,
    persons.township,
    persons.village,
    sized.size,
    cast(income.income_pc_month as decimal(18, 2)) as income_pc_month,
    income.income_source,
    numbered.case_nos,
    numbered.household_nos
from sized
inner join numbered on sized.household_id = numbered.household_id
left join persons on sized.head_person_id = persons.person_id
left join income on sized.household_id = income.household_id
