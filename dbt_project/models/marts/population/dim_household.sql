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

roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and income_pc_month is not null
),

incomes as (
    select * from {{ ref('int_incomes__stated') }}
    where income_pc_year is not null
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

stated as (
    -- The rural list's figure first; the roster's where there is none. The lower one where two numbers differ.
    select
        connected.household_id,
        min(cast(incomes.income_pc_year / 12 as decimal(18, 2))) as income_pc_month,
        'rural_monitoring' as income_source,
        1 as trust
    from connected
    inner join incomes on connected.household_key = concat('household_no:', incomes.household_no)
    group by connected.household_id
    union all
    select
        connected.household_id,
        min(roster.income_pc_month) as income_pc_month,
        'assistance_roster' as income_source,
        2 as trust
    from connected
    inner join roster on connected.household_key = concat('case_no:', roster.case_no)
    group by connected.household_id
),

income as (
    select
        household_id,
        min_by(income_pc_month, trust) as income_pc_month,
        min_by(income_source, trust) as income_source
    from stated
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
