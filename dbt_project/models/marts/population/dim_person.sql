-- One row per person the registry knows, with the best known fields.
with
persons as (
    select * from {{ ref('int_persons__described') }}
),

households as (
    select * from {{ ref('int_households__formed') }}
),

low_income as (
    select * from {{ ref('int_persons__low_income') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
)

select
    persons.person_id,
    persons.name,
    persons.id_no,
    persons.sex,
    persons.birth_date,
    persons.ethnicity,
    persons.name_system,
    persons.phone,
    persons.township,
    persons.village,
    households.household_id,
    households.relation,
    low_income.person_id is not null as is_low_income,
    deaths.died_by as died_on,
    cast(coalesce(deaths.sources, 0) as integer) as death_sources,
    persons.link_grade
from persons
left join households on persons.person_id = households.person_id
left join low_income on persons.person_id = low_income.person_id
left join deaths on persons.person_id = deaths.person_id
