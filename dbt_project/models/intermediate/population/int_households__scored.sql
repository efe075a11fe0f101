-- The risk points of each household of the month (R032): what is recorded of its living members, weighed by the
-- policy. A point is given for what is seen; what no feed tells gives none and stands in the evidence as unknown.
with
members as (
    select * from {{ ref('int_households__formed') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
    where died_by <= {{ last_day_of_month() }}
),

tags as (
    select * from {{ ref('fct_population_tag_monthly') }}
),

burdened as (
    select * from {{ ref('int_persons__burdened') }}
),

raised as (
    select distinct person_id from {{ ref('int_rules__assessed') }}
    where is_raised and person_id is not null
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits([
        'medical_burden_line_low_income', 'risk_points_burden', 'risk_points_illness', 'risk_points_disability',
        'risk_points_no_labour', 'risk_points_student', 'risk_points_warning'
    ]) }}
),

living as (
    select
        members.household_id,
        members.person_id
    from members
    left join deaths on members.person_id = deaths.person_id
    where deaths.person_id is null
),

marked as (
    select
        living.household_id,
        count(distinct living.person_id) as members,
        count(distinct case when tags.tag = '重病' then living.person_id end) as ill,
        count(distinct case when tags.tag = '重残' then living.person_id end) as disabled,
        count(distinct case when tags.tag = '在校学生' then living.person_id end) as students,
        count(distinct case when tags.tag in ('有劳动能力', '部分丧失劳动能力') then living.person_id end) as able,
        count(distinct case when tags.tag in ('完全丧失劳动能力', '无劳动能力') then living.person_id end) as unable,
        count(distinct raised.person_id) as warned
    from living
    left join tags on living.person_id = tags.person_id
    left join raised on living.person_id = raised.person_id
    group by living.household_id
),

spent as (
    select
        living.household_id,
        max(burdened.own_total) as largest_burden
    from living
    inner join burdened on living.person_id = burdened.person_id
    group by living.household_id
)

select
    marked.household_id,
    marked.members,
    marked.ill,
    marked.disabled,
    marked.students,
    marked.able,
    marked.unable,
    marked.warned,
    spent.largest_burden,
    case when spent.largest_burden > line.medical_burden_line_low_income then coalesce(line.risk_points_burden, 0) else 0 end
        as points_burden,
    case when marked.ill > 0 then coalesce(line.risk_points_illness, 0) else 0 end as points_illness,
    case when marked.disabled > 0 then coalesce(line.risk_points_disability, 0) else 0 end as points_disability,
    -- Nobody able, and somebody of whom a list says so: silence of the lists is no loss of labour.
    case when marked.able = 0 and marked.unable > 0 then coalesce(line.risk_points_no_labour, 0) else 0 end as points_no_labour,
    case when marked.students > 0 then coalesce(line.risk_points_student, 0) else 0 end as points_student,
    case when marked.warned > 0 then coalesce(line.risk_points_warning, 0) else 0 end as points_warning
from marked
cross join line
left join spent on marked.household_id = spent.household_id
