-- Who belongs to which household number of which agency this month: the civil-affairs case, the rural
-- household, the hukou. One row per number and person.
with
roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and person_id is not null and case_no is not null
),

heads as (
    select * from {{ ref('stg_assistance_roster__heads') }}
    where person_id is not null and case_no is not null
),

rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
    where person_id is not null and household_no is not null
),

cancelled as (
    select * from {{ ref('stg_death__cancellations') }}
    where person_id is not null and hukou_no is not null
),

memberships as (
    select
        concat('case_no:', case_no) as household_key,
        person_id,
        relation,
        1 as trust,
        is_link_certain
    from roster
    union all
    -- The head as the roster's own column names him: he may be no member of the case (a single-person case).
    select
        concat('case_no:', case_no),
        person_id,
        '02',
        3,
        is_link_certain
    from heads
    union all
    select
        concat('household_no:', household_no),
        person_id,
        relation,
        2,
        is_link_certain
    from rural
    union all
    select
        concat('hukou_no:', hukou_no),
        person_id,
        cast(null as varchar),
        4,
        is_link_certain
    from cancelled
)

select
    household_key,
    person_id,
    min_by(relation, trust * 1000 + coalesce(try_cast(relation as integer), 999)) as relation,
    min(trust) as trust,
    bool_or(is_link_certain) as is_link_certain
from memberships
group by household_key, person_id
