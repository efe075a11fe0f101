-- Tags that no list states and that what is recorded suggests (推定): an officer confirms them. Age needs a known
-- birth date, a child's standing needs parents that a feed names; who has none has no tag, and no all-clear.
with
population as (
    select distinct person_id from {{ ref('int_standings__listed') }}
),

described as (
    select * from {{ ref('int_persons__described') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
    where died_by <= {{ last_day_of_month() }}
),

parents as (
    select * from {{ ref('int_parents__known') }}
),

disabled as (
    select * from {{ ref('int_persons__disabled') }}
    where is_severe
),

ill as (
    select * from {{ ref('int_persons__severely_ill') }}
    where is_severely_ill
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['tag_old_age_years', 'tag_child_age_years']) }}
),

children as (
    select
        parents.person_id,
        count(*) as known,
        count(*) filter (where parents.is_dead) as known_dead,
        count(*) filter (where parents.is_parent) as parents_known,
        count(*) filter (where parents.is_parent and parents.is_dead) as parents_dead,
        count(*) filter (where parents.is_parent and (parents.is_dead or parents.is_severe)) as parents_unable
    from parents
    left join deaths on parents.person_id = deaths.person_id
    where deaths.person_id is null
    group by parents.person_id
),

minors as (
    select described.person_id
    from described
    inner join population on described.person_id = population.person_id
    cross join line
    left join deaths on described.person_id = deaths.person_id
    where
        deaths.person_id is null
        and described.birth_date is not null
        and not {{ has_turned('described.birth_date', 'line.tag_child_age_years') }}
)

select
    described.person_id,
    '高龄' as tag,
    'registry' as source_feed
from described
inner join population on described.person_id = population.person_id
cross join line
left join deaths on described.person_id = deaths.person_id
where deaths.person_id is null and {{ has_turned('described.birth_date', 'line.tag_old_age_years') }}
union
select
    person_id,
    '孤儿' as tag,
    'registry' as source_feed
from children
-- Both parents: one who is dead says nothing of the other.
where parents_known >= 2 and parents_dead = parents_known
union
select
    person_id,
    '事实无人抚养儿童' as tag,
    'registry' as source_feed
from children
where parents_known >= 2 and parents_unable = parents_known and parents_dead < parents_known
union
select
    minors.person_id,
    '困境儿童' as tag,
    'registry' as source_feed
from minors
left join disabled on minors.person_id = disabled.person_id
left join ill on minors.person_id = ill.person_id
left join children on minors.person_id = children.person_id
where disabled.person_id is not null or ill.person_id is not null or children.known = children.known_dead
