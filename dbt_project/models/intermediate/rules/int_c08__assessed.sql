-- C08 a low-income student, 在籍 in a stage that the policy names, without aid in this school year.
{%- set year = var("month")[:4] | int %}
{%- set number = var("month")[5:] | int %}
with
students as (
    select * from {{ ref('stg_education_enrolment__students') }}
    where person_id is not null and state = '在籍'
),

grants as (
    select * from {{ ref('stg_education_aid__grants') }}
    where person_id is not null
),

low_income as (
    select * from {{ ref('int_persons__low_income') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['school_year_first_month']) }}
),

stages as (
    {{ policy_words('school_aid_stages', as_column='stage') }}
),

school_year as (
    -- The year in which the school year of this month began.
    select case when {{ number }} >= school_year_first_month then {{ year }} else {{ year - 1 }} end as began
    from limits
    where school_year_first_month is not null
),

enrolled as (
    select
        students.person_id,
        min(students.stage) as stage,
        bool_and(students.is_link_certain) as is_link_certain,
        count(*) as rows_used,
        string_agg(
            distinct concat('education_enrolment/', students.file), ';'
            order by concat('education_enrolment/', students.file)
        ) as origins
    from students
    inner join stages on students.stage = stages.stage
    group by students.person_id
),

dated as (
    -- 2026-2027, 2026—2027学年, 2026/2027: the first four digits say which. Without them the day of payment.
    select
        grants.person_id,
        grants.amount,
        coalesce(
            try_cast(nullif(regexp_extract(grants.school_year, '(20[0-9]{2})', 1), '') as integer),
            cast(year(grants.paid_on) as integer)
            - case when month(grants.paid_on) < limits.school_year_first_month then 1 else 0 end
        ) as began
    from grants
    cross join limits
),

aided as (
    select
        dated.person_id,
        count(*) filter (where dated.amount is not null) as known,
        count(*) filter (where dated.amount is null) as blank
    from dated
    inner join school_year on dated.began = school_year.began
    group by dated.person_id
),

judged as (
    select
        enrolled.*,
        low_income.grounds,
        low_income.is_by_income_line,
        enrolled.is_link_certain and low_income.is_link_certain as are_links_certain,
        -- A list row that is perhaps another's makes nobody poor.
        low_income.is_link_certain as is_surely_low_income,
        concat(school_year.began, '-', school_year.began + 1) as school_year,
        coalesce(aided.known, 0) as known,
        coalesce(aided.blank, 0) as blank,
        concat_ws(';', enrolled.origins, low_income.origins) as all_origins
    from enrolled
    inner join low_income on enrolled.person_id = low_income.person_id
    cross join school_year
    left join aided on enrolled.person_id = aided.person_id
),

told as (
    select
        *,
        person_id as subject,
        concat('no aid in ', school_year) as cause,
        known = 0 and blank = 0 and is_surely_low_income as is_raised,
        case
            when known = 0 and blank > 0 then '资助金额空白，有无资助不明'
            when known = 0 and not is_surely_low_income then '低收入身份待核'
        end as unassessed_reason,
        case when are_links_certain then '疑似' else '提示' end as grade,
        cast(null as decimal(18, 2)) as amount,
        concat_ws('|', school_year, stage) as fingerprint,
        concat('低收入人口（', grounds, '），', stage, '在籍，', school_year, ' 学年没有资助记录。') as told,
        '转教育部门核实，未享受的办理资助' as proposed
    from judged
)

{{ finding(
    'C08',
    values=['grounds', 'stage', 'school_year', ['aid_rows', 'known + blank']],
    rows=[['education_enrolment', 'rows_used'], ['education_aid', '0']],
    files='all_origins',
    links=[['all', 'are_links_certain']],
    place=false,
    policy_used="concat_ws(';', case when is_by_income_line then 'dibao_standard_month;low_income_multiple' end,
        'school_aid_stages;school_year_first_month')",
) }}
