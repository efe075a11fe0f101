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
        is_link_certain,
        township,
        village,
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
        is_link_certain,
        township,
        village,
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
    numbered.is_link_certain,
    numbered.township,
    numbered.village,
    gone.person_id is not null as is_dead,
    -- Place 1 answers for the household: the head while he lives, then the applicant, then whoever is named first.
    row_number() over (
        partition by numbered.household_key
        order by
            case when numbered.person_id is null then 1 else 0 end,
            case when gone.person_id is null then 0 else 1 end,
            case numbered.relation when '02' then 0 when '01' then 1 else 2 end,
            numbered.file,
            numbered.sheet,
            numbered.row
    ) as head_place
from numbered
left join gone on numbered.person_id = gone.person_id
where numbered.place = 1
