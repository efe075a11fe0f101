-- Who is on one of the aids that secure a living already (policy: 低保, 特困) this month.
with
rostered as (
    select * from {{ ref('int_persons__rostered') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

aids as (
    {{ policy_words('basic_aids') }}
)

select
    rostered.person_id,
    string_agg(distinct rostered.aid_type, '、' order by rostered.aid_type) as aids,
    bool_or(rostered.is_link_certain) as is_link_certain
from rostered
inner join aids on rostered.aid_type = aids.word
group by rostered.person_id
