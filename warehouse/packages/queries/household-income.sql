-- Households with somebody under monitoring: income per head now and a month ago, and what the last means test said.
with
monitored as (
    select distinct household_id
    from fct_population_monthly
    where household_id is not null
),

tested as (
    select
        persons.household_id,
        tests.checked_on,
        tests.month,
        -- One member above the limits is what the household's test comes to.
        case when bool_or(tests.verdict = '疑似超标') then '疑似超标' else '未见异常' end as verdict
    from feed_means_test as tests
    inner join crosswalk as links
        on
            links.feed = 'means_test' and tests.month = links.month and tests.file = links.file
            and tests.sheet = links.sheet and tests.row = links.row
    inner join dim_person as persons on links.person_id = persons.person_id
    where links.role = 'self' and links.grade = 'certain' and tests.verdict in ('疑似超标', '未见异常')
    group by all
),

assessed as (
    select
        household_id,
        max(checked_on) as checked_on,
        arg_max(verdict, (checked_on, month)) as verdict,
        arg_max(verdict, (checked_on, month), 2) as latest
    from tested
    group by household_id
)

select
    households.household_id as subject,
    households.household_id as household_key,
    households.township,
    households.village,
    households.size as household_size,
    households.income_pc_month,
    before.income_pc_month as income_pc_month_before,
    households.income_pc_month - before.income_pc_month as income_change,
    assessed.verdict as assets,
    assessed.latest[2] as assets_before,
    assessed.checked_on as assets_checked_on
from dim_household as households
inner join monitored on households.household_id = monitored.household_id
left join dim_household__before as before on households.household_id = before.household_id
left join assessed on households.household_id = assessed.household_id
