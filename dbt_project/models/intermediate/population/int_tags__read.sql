-- Tags that a list states in its own words (登记): the words are a table, a word it lacks makes no tag.
with
roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and person_id is not null
),

rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
    where person_id is not null
),

cards as (
    select * from {{ ref('int_persons__disabled') }}
),

students as (
    select * from {{ ref('stg_education_enrolment__students') }}
    where person_id is not null and state = '在籍'
),

unemployed as (
    select * from {{ ref('stg_unemployment__registrations') }}
    where person_id is not null
),

words as (
    select * from {{ ref('tag_words') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['tag_unemployed_months']) }}
),

said as (
    select
        person_id,
        'assistance_roster' as feed,
        'health' as column_name,
        health as word
    from roster
    union all
    select
        person_id,
        'assistance_roster' as feed,
        'labour' as column_name,
        labour as word
    from roster
    union all
    select
        person_id,
        'rural_monitoring' as feed,
        'health' as column_name,
        health as word
    from rural
    union all
    select
        person_id,
        'rural_monitoring' as feed,
        'labour' as column_name,
        labour as word
    from rural
)

select
    said.person_id,
    words.tag,
    said.feed as source_feed
from said
inner join words on said.feed = words.feed and said.column_name = words.column_name and said.word = words.word
union
select
    person_id,
    '残疾' as tag,
    'disability' as source_feed
from cards
union
select
    person_id,
    '重残' as tag,
    'disability' as source_feed
from cards
where is_severe
union
select
    person_id,
    '单人保' as tag,
    'assistance_roster' as source_feed
from roster
where aid_type = '低保' and insured_size < household_size
union
select
    person_id,
    '渐退期' as tag,
    'assistance_roster' as source_feed
from roster
where grace_from <= {{ last_day_of_month() }}
union
select
    person_id,
    '在校学生' as tag,
    'education_enrolment' as source_feed
from students
union
select
    unemployed.person_id,
    '登记失业' as tag,
    'unemployment' as source_feed
from unemployed
cross join line
where
    unemployed.registered_on <= {{ last_day_of_month() }}
    and unemployed.registered_on > {{ last_day_of_month() }} - to_months(cast(line.tag_unemployed_months as integer))
