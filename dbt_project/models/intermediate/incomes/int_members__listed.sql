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

gone as (
    -- A doubtful link or a sign of life leaves a member a member.
    select * from {{ ref('int_persons__departed') }}
    where died_by < {{ first_day() }}
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
