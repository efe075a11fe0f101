-- Recorded deaths with signs of life afterwards: a settlement that was not reversed, or a place in school.
-- A payment into the account is no sign of life (it is what D01 looks for).
with
deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

settlements as (
    select * from {{ ref('int_settlements__netted') }}
),

students as (
    select * from {{ ref('stg_education_enrolment__students') }}
    where person_id is not null and state = '在籍'
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['life_after_death_days']) }}
),

signs as (
    select
        deaths.person_id,
        'medical_settlement' as kind,
        settlements.settled_on as seen_on,
        settlements.is_link_certain,
        settlements.origin
    from deaths
    inner join settlements on deaths.person_id = settlements.person_id
    cross join line
    where
        settlements.settled_on > deaths.died_by + cast(line.life_after_death_days as integer)
        and (settlements.total > 0 or settlements.own_total > 0)
    union all
    -- The enrolment is this month's stock: it says that the pupil was there on the month's first day.
    select
        deaths.person_id,
        'education_enrolment' as kind,
        {{ first_day() }} as seen_on,
        students.is_link_certain,
        concat('education_enrolment/', students.file) as origin
    from deaths
    inner join students on deaths.person_id = students.person_id
    cross join line
    where {{ first_day() }} > deaths.died_by + cast(line.life_after_death_days as integer)
)

select
    person_id,
    count(*) filter (where kind = 'medical_settlement') as settlements,
    max(seen_on) filter (where kind = 'medical_settlement') as last_settled_on,
    bool_or(kind = 'education_enrolment') as is_in_school,
    bool_or(is_link_certain) as is_link_certain,
    string_agg(distinct origin, ';' order by origin) as origins
from signs
group by person_id
