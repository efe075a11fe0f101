-- Who is a low-income person this month, and on which ground: on 低保, 特困 or 低保边缘; or in a household
-- of the rural list that is monitored, risk not cleared, with income per head below the line.
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

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['dibao_standard_month', 'low_income_multiple']) }}
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
    cross join line
    where
        monitored.is_monitored
        and monitored.income_pc_year < line.dibao_standard_month * line.low_income_multiple * 12
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
