-- M01 the latest means-test report of somebody of a paid case, or of its household, within the window says
-- that a limit is exceeded. A later clean report of the same person clears; whose last report is older than
-- the window says nothing any more.
with
reports as (
    select * from {{ ref('stg_means_test__reports') }}
    where person_id is not null and checked_on <= {{ last_day_of_month() }}
),

cases as (
    select * from {{ ref('int_cases__rostered') }}
    where month = {{ this_month() }}
),

members as (
    select * from {{ ref('int_persons__rostered') }}
),

paid as (
    select * from {{ ref('int_cases__paid') }}
    where pay_month = {{ this_month() }}
),

households as (
    select * from {{ ref('int_households__formed') }}
),

connected as (
    select * from {{ ref('int_households__connected') }}
),

listed as (
    select * from {{ ref('int_persons__monitored') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['means_test_window_months']) }}
),

exceeding as (
    {{ policy_words('means_test_exceeds_words', as_column='verdict') }}
),

suspended as (
    {{ policy_words('recheck_suspended_classes', as_column='class') }}
),

spared as (
    -- A campaign may say that who is listed and insured is looked at no more until it ends (R023).
    select distinct cases.case_no
    from cases
    inner join members on cases.case_no = members.case_no
    inner join listed on members.person_id = listed.person_id
    inner join suspended on listed.class = suspended.class
    where cases.aid_type = '低保'
),

spoken as (
    -- On one day the graver of two verdicts speaks: only a later report clears.
    select
        reports.*,
        exceeding.verdict is not null as is_exceeding,
        row_number() over (
            partition by reports.person_id
            order by
                reports.checked_on desc,
                case when exceeding.verdict is not null then 0 when reports.verdict is null then 1 else 2 end,
                reports.file,
                reports.row
        ) as place
    from reports
    left join exceeding on reports.verdict = exceeding.verdict
),

latest as (
    select spoken.*
    from spoken
    cross join limits
    where
        spoken.place = 1
        and {{ month_of('spoken.checked_on') }}
        >= {{ month_of("(" ~ first_day() ~ " - to_months(cast(limits.means_test_window_months as integer) - 1))") }}
),

own as (
    select
        members.case_no,
        latest.person_id,
        latest.checked_on,
        latest.verdict,
        latest.is_exceeding,
        latest.file,
        latest.is_link_certain and members.is_link_certain as is_link_certain,
        true as is_member
    from members
    inner join latest on members.person_id = latest.person_id
),

shared as (
    -- Of the household and not of the case: what he owns is the household's too.
    select
        cases.case_no,
        latest.person_id,
        latest.checked_on,
        latest.verdict,
        latest.is_exceeding,
        latest.file,
        latest.is_link_certain and cases.is_link_certain as is_link_certain,
        false as is_member
    from cases
    inner join connected on concat('case_no:', cases.case_no) = connected.household_key
    inner join households on connected.household_id = households.household_id
    inner join latest on households.person_id = latest.person_id
    left join members on cases.case_no = members.case_no and latest.person_id = members.person_id
    where members.person_id is null
),

tested as (
    select * from own
    union all
    select * from shared
),

summed as (
    select
        case_no,
        count(*) as reports,
        count(*) filter (where is_exceeding) as exceeding,
        count(*) filter (where is_exceeding and is_member) as members_exceeding,
        count(*) filter (where verdict is null) as verdicts_unknown,
        max(checked_on) filter (where is_exceeding) as checked_on,
        min(verdict) filter (where is_exceeding) as verdict,
        coalesce(bool_or(is_link_certain) filter (where is_exceeding), false) as is_report_certain,
        string_agg(distinct concat('means_test/', file), ';' order by concat('means_test/', file)) as report_origins
    from tested
    group by case_no
),

judged as (
    select
        cases.*,
        summed.reports,
        summed.exceeding,
        summed.members_exceeding,
        summed.checked_on,
        summed.verdict,
        summed.is_report_certain,
        summed.report_origins,
        paid.paid,
        paid.payments,
        paid.origins as payment_origins,
        summed.exceeding > 0 as is_found,
        case
            when cases.person_id is null then '户主身份未关联'
            when spared.case_no is not null then '政策规定在保的建档立卡户暂不再核对'
            when summed.exceeding = 0 and summed.verdicts_unknown > 0 then '核对结论空白'
        end as unassessed_reason
    from cases
    inner join summed on cases.case_no = summed.case_no
    inner join paid on cases.case_no = paid.case_no and paid.payments > 0
    left join spared on cases.case_no = spared.case_no
),

told as (
    select
        *,
        case_no as subject,
        'means test exceeds' as cause,
        is_found and unassessed_reason is null as is_raised,
        case when is_link_certain and is_report_certain and members_exceeding > 0 then '疑似' else '提示' end as grade,
        paid as amount,
        concat_ws('|', exceeding, cast(checked_on as varchar)) as fingerprint,
        concat(
            aid_type, '在册，', {{ this_month() }}, ' 发放成功 ', {{ yuan('paid') }}, ' 元；',
            case when members_exceeding > 0 then '成员' else '同户非保障成员' end, '核对报告（',
            cast(checked_on as varchar), '）结论为', verdict,
            case when exceeding > 1 then concat('，共 ', exceeding, ' 人') else '' end, '，此后无更新的正常报告。'
        ) as told,
        '拟复核家庭财产和收入' as proposed
    from judged
)

{{ finding(
    'M01',
    values=[
        'aid_type', 'verdict', ['checked_on', "cast(checked_on as varchar)"], ['persons_exceeding', 'exceeding'],
        ['members_exceeding', 'members_exceeding'], 'paid',
    ],
    rows=[['means_test', 'reports'], ['assistance_roster', 'rows_used'], ['assistance_payment', 'payments']],
    files="concat_ws(';', origins, payment_origins, report_origins)",
    links=[['case', 'is_link_certain'], ['report', 'is_report_certain']],
    standing="cast(checked_on as varchar)",
) }}
