-- What ends a grace at once in this region: every member recorded dead before the month, or a disposition that
-- says 骗保. One row per case and ground; which grounds count is policy (grace_exceptions).
with
graces as (
    select * from {{ ref('int_graces__scheduled') }}
    where is_in_grace
),

members as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where person_id is not null
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

contradicted as (
    select * from {{ ref('int_deaths__contradicted') }}
),

dispositions as (
    select * from {{ source('lake', 'dispositions') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

codes as (
    {{ policy_words('grace_exceptions', as_column='code') }}
),

refuting as (
    {{ policy_words('answers_that_refute', as_column='result') }}
),

people as (
    select distinct
        graces.case_no,
        members.person_id
    from graces
    inner join members on graces.case_no = members.case_no and graces.listed_month = members.month
),

standing as (
    select
        people.case_no,
        count(*) as members,
        count(deaths.person_id) filter (where deaths.died_by < {{ first_day() }}) as dead,
        max(deaths.died_by) as since,
        -- A death that may be another's, of somebody who surely lived on, is no death to go by.
        coalesce(bool_or(not deaths.is_link_certain and contradicted.is_link_certain), false) as is_anothers,
        coalesce(bool_and(deaths.is_link_certain), false) as is_link_certain,
        string_agg(distinct deaths.origins, ';' order by deaths.origins) as origins
    from people
    left join deaths on people.person_id = deaths.person_id
    left join contradicted on deaths.person_id = contradicted.person_id
    group by people.case_no
),

answered as (
    -- The village wrote the ground itself, as the reason or as the first word of what it explains.
    select
        people.case_no,
        codes.code,
        max(dispositions.month) as since,
        count(*) as answers
    from people
    inner join dispositions on people.person_id = dispositions.person_id
    inner join codes
        on
            trim(dispositions.reason_not) = codes.code
            or starts_with(trim(coalesce(dispositions.reason_words, '')), codes.code)
    left join refuting on dispositions.result = refuting.result
    where refuting.result is null and codes.code <> '去世'
    group by people.case_no, codes.code
)

select
    standing.case_no,
    codes.code,
    cast(standing.since as varchar) as since,
    standing.is_anothers,
    standing.is_link_certain,
    cast(standing.dead as integer) as evidence_rows,
    'death' as evidence_feed,
    standing.origins
from standing
inner join codes on codes.code = '去世'
where standing.members > 0 and standing.dead = standing.members
union all
select
    case_no,
    code,
    since,
    false as is_anothers,
    true as is_link_certain,
    cast(answers as integer) as evidence_rows,
    'dispositions' as evidence_feed,
    cast(null as varchar) as origins
from answered
