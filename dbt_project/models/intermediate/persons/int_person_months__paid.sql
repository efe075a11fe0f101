-- Who was paid for which month under which case: everyone the case was paid for (its members on the roster
-- of that time) and whoever collected. The amount is the person's own share where it is known.
with
payments as (
    select * from {{ ref('stg_assistance_payment__payments') }}
),

roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where person_id is not null
),

paid_months as (
    select distinct pay_month from payments
),

roster_months as (
    select distinct month from roster
),

times as (
    -- The latest roster of the month or before it; for payments older than every roster, the first one.
    select
        paid_months.pay_month,
        coalesce(
            max(roster_months.month) filter (where roster_months.month <= paid_months.pay_month),
            min(roster_months.month)
        ) as roster_month
    from paid_months
    cross join roster_months
    group by paid_months.pay_month
),

cases_paid as (
    -- 临时救助 goes to the one who asked, not to every member of a case: it is kept apart.
    select
        case_no,
        pay_month,
        aid_type = '临时救助' as is_temporary,
        min(aid_type) as aid_type,
        max(month) as delivered,
        sum(amount) as case_amount,
        count(*) as payments,
        min(concat('assistance_payment/', file)) as origin
    from payments
    group by case_no, pay_month, aid_type = '临时救助'
),

members as (
    select
        times.pay_month,
        roster.case_no,
        roster.aid_type = '临时救助' as is_temporary,
        roster.person_id,
        max(roster.monthly_amount) as share,
        bool_or(roster.is_link_certain) as is_link_certain
    from roster
    inner join times on roster.month = times.roster_month
    group by times.pay_month, roster.case_no, roster.aid_type = '临时救助', roster.person_id
),

sizes as (
    select
        pay_month,
        case_no,
        is_temporary,
        count(*) as members
    from members
    group by pay_month, case_no, is_temporary
),

collectors as (
    select
        pay_month,
        case_no,
        aid_type = '临时救助' as is_temporary,
        person_id,
        sum(amount) as collected,
        bool_or(is_link_certain) as is_link_certain
    from payments
    where person_id is not null
    group by pay_month, case_no, aid_type = '临时救助', person_id
),

people as (
    select
        coalesce(members.pay_month, collectors.pay_month) as pay_month,
        coalesce(members.case_no, collectors.case_no) as case_no,
        coalesce(members.is_temporary, collectors.is_temporary) as is_temporary,
        coalesce(members.person_id, collectors.person_id) as person_id,
        members.share,
        members.person_id is not null as is_member,
        collectors.person_id is not null as is_collector,
        collectors.collected,
        -- The roster or the account names the person surely: either will do.
        coalesce(members.is_link_certain, false) or coalesce(collectors.is_link_certain, false) as is_link_certain
    from members
    full outer join collectors
        on
            members.pay_month = collectors.pay_month
            and members.case_no = collectors.case_no
            and members.is_temporary = collectors.is_temporary
            and members.person_id = collectors.person_id
)

select
    people.person_id,
    people.pay_month,
    people.case_no,
    people.is_temporary,
    cases_paid.aid_type,
    people.is_member,
    people.is_collector,
    people.is_member and sizes.members = 1 as is_only_member,
    people.is_link_certain,
    cast(
        case
            when people.share is not null then people.share
            when coalesce(sizes.members, 0) <= 1 then coalesce(people.collected, cases_paid.case_amount)
        end as decimal(18, 2)
    ) as amount,
    cases_paid.case_amount,
    cases_paid.payments,
    cases_paid.delivered,
    cases_paid.origin
from people
inner join cases_paid
    on
        people.pay_month = cases_paid.pay_month
        and people.case_no = cases_paid.case_no
        and people.is_temporary = cases_paid.is_temporary
left join sizes
    on
        people.pay_month = sizes.pay_month
        and people.case_no = sizes.case_no
        and people.is_temporary = sizes.is_temporary
