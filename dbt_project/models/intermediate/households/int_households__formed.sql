-- One row per person who belongs to a household: which one, how he stands to its head, whether he is it.
-- A person whom two households claim is counted in the first by trust of the membership.
with
keyed as (
    select * from {{ ref('int_households__keyed') }}
),

connected as (
    select * from {{ ref('int_households__connected') }}
),

claimed as (
    select
        connected.household_id,
        keyed.household_key,
        keyed.person_id,
        keyed.relation,
        keyed.trust,
        row_number() over (
            partition by keyed.person_id
            order by
                case when keyed.is_link_certain then 0 else 1 end,
                keyed.trust,
                keyed.household_key
        ) as place
    from keyed
    inner join connected on keyed.household_key = connected.household_key
),

living_lists as (
    -- The hukou number comes with the dead only: alone it names nobody whom a household could hold.
    select household_id
    from claimed
    group by household_id
    having min(trust) < 4
),

members as (
    select claimed.*
    from claimed
    inner join living_lists on claimed.household_id = living_lists.household_id
    where claimed.place = 1
),

headed as (
    select
        *,
        -- 02 户主, then 01 本人 (the applicant), then whoever comes first: a household always has one head.
        row_number() over (
            partition by household_id
            order by
                case relation when '02' then 0 when '01' then 1 else 2 end,
                trust,
                person_id
        ) as head_place
    from members
)

select
    household_id,
    person_id,
    relation,
    head_place = 1 as is_head
from headed
