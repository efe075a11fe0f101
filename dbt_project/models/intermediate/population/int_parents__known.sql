-- Whom the feeds name as a minor's parent or guardian, and what is known of that person: recorded dead, severely
-- disabled or severely ill. Parents: the mother of a birth record; head and spouse where the child is a child of
-- the head. Guardians: as the school names them, who may be grandparents. Only sure links count.
with
described as (
    select * from {{ ref('int_persons__described') }}
),

births as (
    select * from {{ ref('stg_family_planning__births') }}
    where person_id is not null and is_link_certain
),

students as (
    select * from {{ ref('stg_education_enrolment__students') }}
    where person_id is not null and is_link_certain
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where grade <> 'review' and month = {{ this_month() }}
),

mothers as (
    -- A running list: the row that speaks may be of an earlier month, and its mother's link is of that month.
    select * from {{ ref('stg_linkage__links') }}
    where grade <> 'review' and feed = 'family_planning' and role = 'kin'
),

roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and person_id is not null and is_link_certain
),

rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
    where person_id is not null and is_link_certain
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
    where is_link_certain and died_by <= {{ last_day_of_month() }}
),

disabled as (
    select * from {{ ref('int_persons__disabled') }}
    where is_severe and is_link_certain
),

ill as (
    select * from {{ ref('int_persons__severely_ill') }}
    where is_severely_ill and is_link_certain
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['tag_child_age_years']) }}
),

minors as (
    select
        described.person_id,
        described.township,
        described.village
    from described
    cross join line
    where described.birth_date is not null and not {{ has_turned('described.birth_date', 'line.tag_child_age_years') }}
),

listed as (
    select
        concat('case_no:', case_no) as household_key,
        person_id,
        relation
    from roster
    union
    select
        concat('household_no:', household_no) as household_key,
        person_id,
        relation
    from rural
),

named as (
    select
        births.person_id,
        mothers.person_id as parent_id,
        '母亲' as stands_as,
        'family_planning' as source_feed
    from births
    inner join mothers
        on
            births.month = mothers.month
            and births.file = mothers.file
            and births.sheet = mothers.sheet
            and births.row = mothers.row
    union
    select
        students.person_id,
        links.person_id as parent_id,
        '监护人' as stands_as,
        'education_enrolment' as source_feed
    from students
    inner join links
        on
            links.feed = 'education_enrolment'
            and links.role = 'guardian'
            and students.file = links.file
            and students.sheet = links.sheet
            and students.row = links.row
    union
    -- Sons (2x) and daughters (3x) of the head: the head and the head's spouse (1x) are the parents.
    select
        child.person_id,
        parent.person_id as parent_id,
        '父母' as stands_as,
        'household' as source_feed
    from listed as child
    inner join listed as parent on child.household_key = parent.household_key
    where
        (child.relation like '2%' or child.relation like '3%')
        and (parent.relation in ('01', '02') or parent.relation like '1%')
)

select
    named.person_id,
    named.parent_id,
    min(minors.township) as township,
    min(minors.village) as village,
    bool_or(named.stands_as <> '监护人') as is_parent,
    string_agg(distinct named.source_feed, ';' order by named.source_feed) as source_feeds,
    bool_or(deaths.person_id is not null) as is_dead,
    bool_or(disabled.person_id is not null or ill.person_id is not null) as is_severe
from named
inner join minors on named.person_id = minors.person_id
left join deaths on named.parent_id = deaths.person_id
left join disabled on named.parent_id = disabled.person_id
left join ill on named.parent_id = ill.person_id
where named.parent_id <> named.person_id
group by named.person_id, named.parent_id
