-- C09 a low-income child of school age on 1 September of the school year who stands on no school roll, neither
-- enrolled, nor on leave, nor moved to another school.
{%- set year = var("month")[:4] | int %}
{%- set number = var("month")[5:] | int %}
with
students as (
    select * from {{ ref('stg_education_enrolment__students') }}
    where person_id is not null
),

low_income as (
    select * from {{ ref('int_persons__low_income') }}
),

persons as (
    select * from {{ ref('int_persons__described') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['school_age_from', 'school_age_to', 'school_year_first_month']) }}
),

states as (
    {{ policy_words('school_states_in_order', as_column='state') }}
),

school_year as (
    -- The first day of the school year that this month lies in.
    select
        school_age_from,
        school_age_to,
        make_date(
            case when {{ number }} >= school_year_first_month then {{ year }} else {{ year - 1 }} end,
            cast(school_year_first_month as integer),
            1
        ) as began_on
    from limits
    where school_year_first_month is not null
),

rolls as (
    select
        students.person_id,
        count(*) as rows_seen,
        count(states.state) as rows_in_order,
        coalesce(bool_or(students.is_link_certain) filter (where states.state is not null), false) as is_surely_there,
        string_agg(distinct students.state, '、' order by students.state) as states,
        string_agg(
            distinct concat('education_enrolment/', students.file), ';'
            order by concat('education_enrolment/', students.file)
        ) as origins
    from students
    left join states on students.state = states.state
    group by students.person_id
),

children as (
    select
        low_income.person_id,
        low_income.grounds,
        low_income.is_by_income_line,
        low_income.is_link_certain,
        low_income.origins,
        persons.birth_date,
        school_year.began_on,
        school_year.school_age_from,
        school_year.school_age_to,
        deaths.person_id is not null as is_recorded_dead,
        -- Whole years completed on that day: whose birthday it is has completed them.
        datesub('year', persons.birth_date, school_year.began_on) as age
    from low_income
    inner join persons on low_income.person_id = persons.person_id
    left join deaths on low_income.person_id = deaths.person_id
    cross join school_year
),

judged as (
    select
        children.*,
        rolls.states,
        concat_ws(';', children.origins, rolls.origins) as all_origins,
        coalesce(rolls.rows_seen, 0) as rows_seen,
        coalesce(rolls.rows_in_order, 0) as rows_in_order,
        coalesce(rolls.is_surely_there, false) as is_surely_there,
        coalesce(rolls.rows_in_order, 0) = 0
        and children.birth_date is not null
        and not children.is_recorded_dead as is_raised
    from children
    left join rolls on children.person_id = rolls.person_id
    where
        children.birth_date is null
        or (children.age >= children.school_age_from and children.age <= children.school_age_to)
),

told as (
    select
        *,
        person_id as subject,
        concat('not in school since ', began_on) as cause,
        case
            when is_raised then null
            when birth_date is null then '出生日期不明'
            when is_recorded_dead then '有死亡登记'
            when rows_in_order > 0 and not is_surely_there then '学籍身份待核'
        end as unassessed_reason,
        case when is_link_certain then '疑似' else '提示' end as grade,
        cast(null as decimal(18, 2)) as amount,
        concat_ws('|', began_on, coalesce(states, '')) as fingerprint,
        concat(
            '低收入家庭儿童（', grounds, '），', began_on, ' 时满 ', age, ' 周岁，',
            case when states is null then '本县学籍中没有记录' else concat('学籍只有', states, '记录') end,
            '；须核实是否失学辍学、在外地就读或送教上门。'
        ) as told,
        '核实就学情况，失学辍学的转教育部门控辍保学' as proposed
    from judged
)

{# Who is on a roster is low-income without the income line. #}
{{ finding(
    'C09',
    values=[
        'grounds', 'age', ['on', 'cast(began_on as varchar)'], ['age_from', 'cast(school_age_from as integer)'],
        ['age_to', 'cast(school_age_to as integer)'], ['school_states', 'states'],
    ],
    rows=[['education_enrolment', 'rows_seen']],
    files='all_origins',
    links=[['low_income', 'is_link_certain']],
    place=false,
    policy_used="concat_ws(';', case when is_by_income_line then 'dibao_standard_month;low_income_multiple' end,
        'school_age_from;school_age_to;school_states_in_order;school_year_first_month')",
) }}
