-- Who stands under each household number of this month that states an income: the rural household and the
-- civil-affairs case. One row per person (listed twice is listed once) and one per row without a person.
with
rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
    where household_no is not null
),

roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and case_no is not null
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

contradicted as (
    select * from {{ ref('int_deaths__contradicted') }}
),

gone as (
    -- Dead before the month for certain: a doubtful link or a sign of life leaves a member a member.
    select deaths.person_id
    from deaths
    left join contradicted on deaths.person_id = contradicted.person_id
    where deaths.is_link_certain and deaths.died_by < {{ first_day() }} and contradicted.person_id is null
),

listed as (
    select
        concat('household_no:', household_no) as household_key,
        'rural_monitoring' as feed,
        person_id,
        relation,
        labour,
        file,
        sheet,
        row
    from rural
    union all
    select
        concat('case_no:', case_no),
        'assistance_roster',
        person_id,
        relation,
        labour,
        file,
        sheet,
        row
    from roster
),

numbered as (
    select
        *,
        row_number() over (
            partition by household_key, coalesce(person_id, concat(file, '|', sheet, '|', cast(row as varchar)))
            order by file, sheet, row
        ) as place
    from listed
)

select
    numbered.household_key,
    numbered.feed,
    numbered.person_id,
    numbered.relation,
    numbered.labour,
    gone.person_id is not null as is_dead
from numbered
left join gone on numbered.person_id = gone.person_id
where numbered.place = 1
