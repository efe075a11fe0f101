-- Whose recorded death is beyond doubt: surely linked, and no sign of life after it. Who is not here may be dead
-- all the same; he stays a member until it is sure.
with
deaths as (
    select * from {{ ref('int_deaths__recorded') }}
    where is_link_certain
),

contradicted as (
    select * from {{ ref('int_deaths__contradicted') }}
)

select
    deaths.person_id,
    deaths.died_by
from deaths
left join contradicted on deaths.person_id = contradicted.person_id
where contradicted.person_id is null
