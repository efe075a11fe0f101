-- One row per person with the best value of each field: what was said in the person's own name before what
-- a relative's row said, then the feed that is trusted most for that kind of field, then the latest month.
with
registry as (
    select * from {{ source('lake', 'registry_profiles') }}
),

persons as (
    select * from {{ source('lake', 'registry_persons') }}
),

trust as (
    select * from {{ ref('feed_trust') }}
),

described as (
    select
        registry.*,
        registry.grade = 'review' as is_doubtful,
        -- Surely this person's row, or perhaps: either way its id is not known to be this person's.
        registry.grade <> 'review' and not {{ shows_anothers_id('registry.rule') }} as is_own_id,
        case
            when registry.grade = 'review' or {{ shows_anothers_id('registry.rule') }} then 2
            when registry.role = 'self' then 0
            else 1
        end as distance,
        coalesce(trust.identity_rank, 99) as identity_rank,
        coalesce(trust.address_rank, 99) as address_rank
    from registry
    left join trust on registry.feed = trust.feed
),

ranked as (
    select
        *,
        row_number() over (
            partition by person_id
            order by distance, coalesce(name_missing, false), identity_rank, last_month desc, profile_key
        ) as identity_place,
        row_number() over (
            partition by person_id
            order by distance, address_rank, last_month desc, profile_key
        ) as address_place
    from described
),

chosen as (
    select
        person_id,
        min_by(coalesce(name_raw, name), identity_place) filter (where name is not null) as name,
        min_by(name_system, identity_place) filter (where name is not null) as name_system,
        min_by(id_no, identity_place) filter (where id_no is not null and is_own_id) as id_no,
        -- What only the id tells is not known either, where the id is somebody else's.
        min_by(sex, identity_place)
        filter (where sex is not null and (is_own_id or birth_source is distinct from 'id')) as sex,
        min_by(birth_date, identity_place)
        filter (where birth_date is not null and (is_own_id or birth_source is distinct from 'id')) as birth_date,
        min_by(ethnicity, identity_place) filter (where ethnicity is not null) as ethnicity,
        min_by(phone, address_place) filter (where phone is not null) as phone,
        -- Township and village come from one row, or a village would stand under a township that has none such.
        min_by(concat(township, '|', coalesce(village, '')), address_place)
        filter (where township is not null) as address,
        bool_or(is_doubtful and role = 'self') as is_doubtful
    from ranked
    group by person_id
)

select
    persons.person_id,
    chosen.name,
    chosen.name_system,
    chosen.id_no,
    chosen.sex,
    chosen.birth_date,
    chosen.ethnicity,
    chosen.phone,
    split_part(chosen.address, '|', 1) as township,
    nullif(split_part(chosen.address, '|', 2), '') as village,
    case when coalesce(chosen.is_doubtful, false) then 'review' else 'certain' end as link_grade
from persons
left join chosen on persons.person_id = chosen.person_id
