-- R02 a household of the classes that the policy names whose spending of the window is above its income of the
-- year before, and of which nobody is on an aid that answers it already.
with
spending as (
    select * from {{ ref('int_spending__counted') }}
),

households as (
    select * from {{ ref('int_households__formed') }}
),

present as (
    select * from {{ ref('int_households__present') }}
),

settlements as (
    select * from {{ ref('int_settlements__netted') }}
),

students as (
    select * from {{ ref('stg_education_enrolment__students') }}
    where person_id is not null
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
),

monitored as (
    select * from {{ ref('int_persons__monitored') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['answered_amount_step']) }}
),

classes as (
    {{ policy_words('expenditure_test_classes', as_column='class') }}
),

answering as (
    {{ policy_words('expenditure_answered_by', as_column='aid_type') }}
),

classed as (
    -- On the roster under such a class; or watched under such a class and not below the standard, which is C01's.
    select
        households.household_id,
        rostered.aid_type as class,
        rostered.is_link_certain,
        rostered.origins
    from rostered
    inner join classes on rostered.aid_type = classes.class
    inner join households on rostered.person_id = households.person_id
    union all
    select
        households.household_id,
        monitored.class,
        monitored.is_link_certain,
        monitored.origins
    from monitored
    inner join classes on monitored.class = classes.class
    inner join households on monitored.person_id = households.person_id
    where monitored.is_monitored and coalesce(monitored.band <> 'below standard', true)
),

scope as (
    select
        household_id,
        string_agg(distinct class, '、' order by class) as class,
        bool_or(is_link_certain) as is_link_certain,
        string_agg(distinct origins, ';' order by origins) as origins
    from classed
    group by household_id
),

answered as (
    select
        households.household_id,
        bool_or(rostered.is_link_certain) as is_surely_answered
    from rostered
    inner join answering on rostered.aid_type = answering.aid_type
    inner join households on rostered.person_id = households.person_id
    group by households.household_id
),

judged as (
    select
        spending.household_key as subject,
        'spending above income' as cause,
        spending.head_person_id as person_id,
        spending.*,
        scope.class,
        scope.origins,
        scope.is_link_certain and spending.is_link_certain as are_links_certain,
        answered.household_id is not null as is_answered,
        coalesce(answered.is_surely_answered, false) as is_surely_answered,
        spending.total - spending.income_last_year as amount,
        coalesce(
            spending.total > spending.income_last_year and answered.household_id is null and spending.unassessed_reason is null,
            false
        ) as is_over,
        limits.answered_amount_step
    from scope
    inner join spending on scope.household_id = spending.household_id
    cross join limits
    left join answered on scope.household_id = answered.household_id
    where spending.head_person_id is not null
),

sources as (
    -- The files behind the few that are raised, not behind everybody's bills.
    select
        judged.subject,
        settlements.origin
    from judged
    inner join present on judged.subject = present.household_key
    inner join settlements
        on
            present.person_id = settlements.person_id
            and judged.window_from <= {{ month_of('settlements.settled_on') }}
            and judged.window_to >= {{ month_of('settlements.settled_on') }}
    where judged.is_over
    union
    select
        judged.subject,
        concat('education_enrolment/', students.file) as origin
    from judged
    inner join present on judged.subject = present.household_key
    inner join students on present.person_id = students.person_id
    where judged.is_over and judged.school_rows > 0
),

named as (
    select
        subject,
        string_agg(distinct origin, ';' order by origin) as origins
    from sources
    group by subject
),

told as (
    select
        judged.subject,
        cause,
        person_id,
        township,
        village,
        is_over as is_raised,
        case
            when is_over then null
            when is_answered and not is_surely_answered then '户内在册成员身份待核'
            when is_answered then null
            when unassessed_reason is not null then unassessed_reason
            when is_amount_unknown then '有医疗结算或学费金额不明'
        end as unassessed_reason,
        case when are_links_certain then '疑似' else '提示' end as grade,
        amount,
        concat_ws('|', class, {{ stepped('amount', 'answered_amount_step') }}) as fingerprint,
        concat(
            class, '，全户 ', members, ' 人，', window_from, ' 至 ', window_to, ' 医疗个人负担 ', {{ yuan('medical') }},
            ' 元、学费 ', {{ yuan('education') }}, ' 元、基本生活费（按低保标准） ', {{ yuan('living') }},
            ' 元，护理费未收到数据、未计；合计 ', {{ yuan('total') }}, ' 元，超过上年度收入 ', {{ yuan('income_last_year') }},
            ' 元；拟认定刚性支出困难。'
        ) as told,
        '拟认定刚性支出困难' as proposed,
        class,
        members,
        medical,
        education,
        living,
        total,
        income_last_year,
        window_from,
        window_to,
        settlement_rows,
        school_rows,
        concat_ws(';', judged.origins, named.origins) as origins,
        are_links_certain,
        concat_ws(';', 'expenditure_test_classes', policy_used) as policy_used
    from judged
    left join named on judged.subject = named.subject
)

{{ finding(
    'R02',
    values=[
        'class', 'members', 'medical', 'education', ('care', "'未收到数据'"), 'living', 'total', 'income_last_year',
        'window_from', 'window_to', ('income_breakdown', 'subject')
    ],
    rows=[('medical_settlement', 'settlement_rows'), ('education_enrolment', 'school_rows')],
    files='origins',
    links=[('household', 'are_links_certain')],
    policy_used='policy_used'
) }}
