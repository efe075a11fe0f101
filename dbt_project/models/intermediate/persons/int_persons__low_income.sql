-- Who is a low-income person this month, and on which ground: on 低保, 特困 or 低保边缘; or in a household
-- of the rural list that is monitored, risk not cleared, with counted income below the household's own line.
with
rostered as (
    select * from {{ ref('int_persons__rostered') }}
),

monitored as (
    select * from {{ ref('int_persons__monitored') }}
),

classes as (
    select * from {{ ref('class_crosswalk') }}
    where feed = 'assistance_roster' and is_low_income
),

grounds as (
    select
        rostered.person_id,
        rostered.aid_type as ground,
        false as is_income_line,
        rostered.is_link_certain,
        rostered.origins
    from rostered
    inner join classes on rostered.aid_type = classes.word
    union all
    select
        monitored.person_id,
        monitored.class as ground,
        true as is_income_line,
        monitored.is_link_certain,
        monitored.origins
    from monitored
    where
        monitored.is_monitored
        and monitored.band in ('below standard', 'below line')
)

select
    person_id,
    string_agg(distinct ground, '、' order by ground) as grounds,
    -- One sure ground is enough: the doubtful second one takes nothing away.
    bool_or(is_link_certain) as is_link_certain,
    -- On no roster: the income line alone says so.
    bool_and(is_income_line) as is_by_income_line,
    string_agg(distinct origins, ';' order by origins) as origins
from grounds
group by person_id
