-- This month's rural list, one row per person: household, class in the words of the month, whether it is a
-- monitored class whose risk is not cleared, and the counted income of the household against its own standard.
with
rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
    where person_id is not null
),

incomes as (
    select * from {{ ref('int_incomes__counted') }}
),

classes as (
    select * from {{ ref('class_crosswalk') }}
    where
        feed = 'rural_monitoring'
        and valid_from <= {{ last_day_of_month() }}
        and (valid_to is null or valid_to >= {{ last_day_of_month() }})
),

numbered as (
    -- The list holds a person once; where it does not, the row that is surely his, then the first.
    select
        *,
        row_number() over (
            partition by person_id
            order by case when is_link_certain then 0 else 1 end, household_no, file, sheet, row
        ) as place
    from rural
)

select
    numbered.person_id,
    numbered.household_no,
    numbered.is_link_certain,
    numbered.class,
    -- Only a 是 clears the risk: a blank is not a yes.
    coalesce(classes.is_monitored, false) and coalesce(numbered.risk_cleared, '否') <> '是' as is_monitored,
    -- The household's income as the policy of the month counts it. Bands are of totals; figures per head are for reading.
    cast(incomes.income_year / nullif(incomes.members, 0) as decimal(18, 2)) as income_pc_year,
    incomes.income_year,
    incomes.income_pc_month,
    incomes.members as household_members,
    incomes.standard_kind,
    incomes.standard_month,
    incomes.line_month,
    incomes.band,
    incomes.policy_used as income_policy,
    numbered.identified_on,
    numbered.risk,
    numbered.township,
    numbered.village,
    concat('rural_monitoring/', numbered.file) as origins
from numbered
left join classes on numbered.class = classes.word
left join incomes on concat('household_no:', numbered.household_no) = incomes.household_key
where numbered.place = 1
