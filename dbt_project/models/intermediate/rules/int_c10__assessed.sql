-- C10 a low-income person without medical insurance in force this year, or insured as a resident without being
-- paid for as somebody to be subsidised. Who is insured through work needs no subsidy.
with
insured as (
    select * from {{ ref('stg_medical_enrolment__insured') }}
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
    {{ limits(['insurance_infant_months']) }}
),

enrolled as (
    select
        person_id,
        count(*) as rows_seen,
        count(*) filter (where is_in_force) as rows_in_force,
        count(*) filter (where is_in_force and subsidy_class is not null) as rows_subsidised,
        count(*) filter (where is_in_force and insurance_type = '310') as rows_through_work,
        coalesce(bool_or(is_link_certain) filter (where is_in_force), false) as is_surely_insured,
        coalesce(
            bool_or(is_link_certain) filter (
                where is_in_force and (subsidy_class is not null or insurance_type = '310')
            ),
            false
        ) as is_surely_in_order,
        max(year) as last_year,
        string_agg(distinct status, '、' order by status) as states,
        string_agg(
            distinct concat('medical_enrolment/', file), ';' order by concat('medical_enrolment/', file)
        ) as origins
    from (
        select
            *,
            coalesce(status = '正常' and year = {{ var("month")[:4] | int }}, false) as is_in_force
        from insured
    ) as dated
    group by person_id
),

judged as (
    select
        low_income.person_id,
        low_income.grounds,
        low_income.is_by_income_line,
        low_income.is_link_certain
        and coalesce(enrolled.is_surely_insured or enrolled.rows_in_force = 0, true) as are_links_certain,
        concat_ws(';', low_income.origins, enrolled.origins) as all_origins,
        deaths.person_id is not null as is_recorded_dead,
        coalesce(persons.birth_date > {{ last_day_of_month() }} - to_months(cast(limits.insurance_infant_months as integer)), false)
            as is_infant,
        limits.insurance_infant_months as infant_months,
        -- Known by a name alone: that no row is his does not say that he stands on no list.
        persons.id_no is null and persons.birth_date is null and enrolled.person_id is null as is_name_only,
        coalesce(enrolled.rows_seen, 0) as rows_seen,
        coalesce(enrolled.rows_in_force, 0) as rows_in_force,
        coalesce(enrolled.rows_subsidised + enrolled.rows_through_work, 0) as rows_in_order,
        coalesce(enrolled.is_surely_in_order, false) as is_surely_in_order,
        enrolled.last_year,
        enrolled.states
    from low_income
    inner join persons on low_income.person_id = persons.person_id
    left join enrolled on low_income.person_id = enrolled.person_id
    left join deaths on low_income.person_id = deaths.person_id
    cross join limits
),

decided as (
    select
        *,
        rows_in_order = 0 and not is_recorded_dead and not is_infant and not is_name_only as is_raised
    from judged
),

told as (
    select
        *,
        person_id as subject,
        concat(
            case when rows_in_force = 0 then 'not insured in ' else 'insured without subsidy in ' end,
            '{{ var("month")[:4] }}'
        ) as cause,
        rows_in_force > 0 as is_insured,
        case
            when is_raised then null
            when is_recorded_dead then '有死亡登记'
            when is_name_only then '只有姓名，无证件号和出生日期，不能断定未参保'
            when rows_in_order > 0 and not is_surely_in_order then '参保身份待核'
            when rows_in_order = 0 and is_infant
                then concat('不满 ', cast(cast(infant_months as integer) as varchar), ' 个月，参保登记可能未到')
        end as unassessed_reason,
        case when are_links_certain then '疑似' else '提示' end as grade,
        cast(null as decimal(18, 2)) as amount,
        concat_ws('|', '{{ var("month")[:4] }}', rows_in_force > 0, grounds) as fingerprint,
        case
            when rows_in_force > 0
                then concat(
                    '低收入人口（', grounds, '），{{ var("month")[:4] }} 年度以居民身份正常参保，没有资助参保身份。'
                )
            else concat(
                '低收入人口（', grounds, '），{{ var("month")[:4] }} 年度没有正常参保记录',
                case
                    when rows_seen = 0 then '（医保参保名册中无此人）'
                    else concat('（参保状态 ', states, '，最近缴费年度 ', coalesce(cast(last_year as varchar), '不详'), '）')
                end,
                '。'
            )
        end as told,
        case when rows_in_force > 0 then '转医保部门核定资助参保身份' else '转医保部门办理参保并资助' end as proposed
    from decided
)

{{ finding(
    'C10',
    values=['grounds', ['year', var("month")[:4]], 'last_year', 'states', 'is_insured'],
    rows=[['medical_enrolment', 'rows_seen']],
    files='all_origins',
    links=[['all', 'are_links_certain']],
    place=false,
    policy_used="concat_ws(';', case when is_by_income_line then 'dibao_standard_month;low_income_multiple' end,
        'insurance_infant_months')",
) }}
