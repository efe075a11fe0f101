-- The month's money by township and kind of aid (R093, R099): cases and persons on the roster, what is approved,
-- what arrived (arrears for earlier months apart), failed or came back. A null amount is counted as unknown and never as nought. No feed tells which
-- level of government paid: funding_level says so until one does.
with
roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }}
),

attempts as (
    select * from {{ ref('int_payments__attempted') }}
),


persons as (
    select * from {{ ref('int_persons__described') }}
),

feeds as (
    select * from {{ source('lake', 'feeds') }}
    where feed = 'assistance_payment'
),

cases as (
    select
        case_no,
        aid_type,
        coalesce(min(township), '未写明乡镇') as township,
        coalesce(min(place_kind), '未写明') as place_kind
    from roster
    group by case_no, aid_type
),

approved as (
    select
        cases.township,
        cases.aid_type,
        cases.place_kind,
        count(distinct roster.case_no) as cases,
        count(*) as persons,
        sum(roster.monthly_amount) as approved,
        count(*) filter (where roster.monthly_amount is null) as amounts_unknown
    from roster
    inner join cases on roster.case_no = cases.case_no and roster.aid_type = cases.aid_type
    group by cases.township, cases.aid_type, cases.place_kind
),

paid as (
    -- A payment's township is its case's; without a case on the roster, where the collector lives.
    select
        coalesce(cases.township, persons.township, '未写明乡镇') as township,
        attempts.aid_type,
        coalesce(cases.place_kind, '未写明') as place_kind,
        sum(attempts.amount) filter (where attempts.pay_status = '成功' and not attempts.is_arrears) as paid,
        count(*) filter (where attempts.pay_status = '成功' and not attempts.is_arrears) as payments_paid,
        sum(attempts.amount) filter (where attempts.pay_status = '成功' and attempts.is_arrears) as arrears,
        count(*) filter (where attempts.pay_status = '成功' and attempts.is_arrears) as payments_arrears,
        sum(attempts.amount) filter (where attempts.pay_status = '失败') as failed,
        count(*) filter (where attempts.pay_status = '失败') as payments_failed,
        sum(attempts.amount) filter (where attempts.pay_status = '退回') as returned,
        count(*) filter (where attempts.pay_status = '退回') as payments_returned,
        count(distinct case when attempts.pay_status = '成功' and not attempts.is_arrears then attempts.case_no end) as cases_paid,
        count(*) filter (where attempts.amount is null) as payments_unknown
    from attempts
    left join cases on attempts.case_no = cases.case_no and attempts.aid_type = cases.aid_type
    left join persons on attempts.person_id = persons.person_id
    group by coalesce(cases.township, persons.township, '未写明乡镇'), attempts.aid_type, coalesce(cases.place_kind, '未写明')
)

select
    coalesce(approved.township, paid.township) as township,
    coalesce(approved.aid_type, paid.aid_type) as aid_type,
    coalesce(approved.place_kind, paid.place_kind) as place_kind,
    '未区分（没有数据来源）' as funding_level,
    coalesce(approved.cases, 0) as cases,
    coalesce(approved.persons, 0) as persons,
    cast(coalesce(approved.approved, 0) as decimal(18, 2)) as approved,
    coalesce(approved.amounts_unknown, 0) as approved_unknown,
    case when feeds.came then coalesce(paid.cases_paid, 0) end as cases_paid,
    case when feeds.came then coalesce(paid.payments_paid, 0) end as payments_paid,
    case when feeds.came then cast(coalesce(paid.paid, 0) as decimal(18, 2)) end as paid,
    case when feeds.came then coalesce(paid.payments_arrears, 0) end as payments_arrears,
    case when feeds.came then cast(coalesce(paid.arrears, 0) as decimal(18, 2)) end as arrears,
    case when feeds.came then coalesce(paid.payments_failed, 0) end as payments_failed,
    case when feeds.came then cast(coalesce(paid.failed, 0) as decimal(18, 2)) end as failed,
    case when feeds.came then coalesce(paid.payments_returned, 0) end as payments_returned,
    case when feeds.came then cast(coalesce(paid.returned, 0) as decimal(18, 2)) end as returned,
    case when feeds.came then coalesce(paid.payments_unknown, 0) end as payments_unknown
from approved
full outer join paid
    on
        approved.township = paid.township
        and approved.aid_type = paid.aid_type
        and approved.place_kind = paid.place_kind
cross join feeds
