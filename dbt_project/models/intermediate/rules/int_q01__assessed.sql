-- Q01 the same person paid twice: a member of two cases (低保 and 特困, or two of one kind) that are both paid
-- for the same month, or one case paid into two accounts. 临时救助 on top is none, nor a payment sent again
-- after a failure (a failed payment never reaches this model).
with
paid as (
    select * from {{ ref('int_person_months__paid') }}
),

payments as (
    select * from {{ ref('stg_assistance_payment__payments') }}
    where aid_type <> '临时救助' and bank_account is not null
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
    where aid_type <> '临时救助'
),

keyed as (
    select * from {{ ref('int_households__keyed') }}
),

members as (
    select * from paid
    where is_member and not is_temporary
),

scope as (
    select
        person_id,
        bool_or(is_link_certain) as is_link_certain,
        min(township) as township,
        min(village) as village,
        string_agg(distinct origins, ';' order by origins) as origins
    from rostered
    group by person_id
),

two_cases as (
    -- Each pair once; only what this month's delivery touched, so that an old finding is not raised for ever.
    select
        one.person_id,
        'two cases' as cause,
        max(one.pay_month) as pay_month,
        count(distinct one.pay_month) as months,
        min(concat(one.aid_type, '、', other.aid_type)) as kinds,
        cast(sum(least(coalesce(one.amount, one.case_amount), coalesce(other.amount, other.case_amount))) as decimal(18, 2))
            as amount,
        bool_and(one.is_link_certain and other.is_link_certain) as is_link_certain,
        cast(sum(one.payments + other.payments) as bigint) as payments,
        string_agg(distinct concat_ws(';', one.origin, other.origin), ';' order by concat_ws(';', one.origin, other.origin))
            as origins
    from members as one
    inner join members as other
        on
            one.person_id = other.person_id
            and one.pay_month = other.pay_month
            and one.case_no < other.case_no
    where
        (
            one.aid_type = other.aid_type
            or (one.aid_type in ('低保', '特困') and other.aid_type in ('低保', '特困'))
        )
        and greatest(one.delivered, other.delivered) = {{ this_month() }}
    group by one.person_id
),

entitled as (
    select
        case_no,
        sum(monthly_amount) as amount
    from rostered
    group by case_no
),

split_cases as (
    -- Into two accounts and more than the case is entitled to: one entitlement shared out over two members'
    -- accounts is no double payment.
    select
        payments.case_no,
        payments.pay_month,
        min(payments.aid_type) as kinds,
        sum(payments.amount) - max(payments.amount) as amount,
        count(*) as payments,
        min(payments.person_id) as collector,
        -- Of a case that no roster knows it cannot be said that it was more than one entitlement: never 确认.
        bool_and(payments.is_link_certain) and min(entitled.amount) is not null as is_link_certain,
        string_agg(
            distinct concat('assistance_payment/', payments.file), ';'
            order by concat('assistance_payment/', payments.file)
        ) as origins
    from payments
    left join entitled on payments.case_no = entitled.case_no
    group by payments.case_no, payments.pay_month
    having
        count(distinct payments.bank_account) > 1
        and max(payments.month) = {{ this_month() }}
        and sum(payments.amount) > coalesce(min(entitled.amount), 0)
),

heads as (
    select
        household_key,
        min_by(person_id, concat(case relation when '02' then '0' when '01' then '1' else '2' end, trust, person_id)) as person_id
    from keyed
    group by household_key
),

two_accounts as (
    select
        coalesce(heads.person_id, split_cases.collector) as person_id,
        'two accounts' as cause,
        max(split_cases.pay_month) as pay_month,
        count(distinct split_cases.pay_month) as months,
        min(split_cases.kinds) as kinds,
        cast(sum(split_cases.amount) as decimal(18, 2)) as amount,
        bool_and(split_cases.is_link_certain) as is_link_certain,
        cast(sum(split_cases.payments) as bigint) as payments,
        string_agg(distinct split_cases.origins, ';' order by split_cases.origins) as origins
    from split_cases
    left join heads on concat('case_no:', split_cases.case_no) = heads.household_key
    group by coalesce(heads.person_id, split_cases.collector)
),

doubled as (
    select * from two_cases
    union all
    select * from two_accounts
    where person_id is not null
),

judged as (
    select
        coalesce(doubled.person_id, scope.person_id) as person_id,
        coalesce(doubled.cause, 'none') as cause,
        doubled.person_id is not null as is_raised,
        scope.township,
        scope.village,
        coalesce(scope.is_link_certain, true) as is_known,
        coalesce(doubled.is_link_certain, false) and coalesce(scope.is_link_certain, true) as are_links_certain,
        doubled.pay_month,
        doubled.months,
        doubled.kinds,
        doubled.amount,
        doubled.payments,
        concat_ws(';', scope.origins, doubled.origins) as origins
    from scope
    full outer join doubled on scope.person_id = doubled.person_id
),

told as (
    select
        *,
        person_id as subject,
        case when not is_raised and not is_known then '身份待核' end as unassessed_reason,
        case when are_links_certain then '确认' else '疑似' end as grade,
        concat_ws('|', cause, pay_month) as fingerprint,
        case
            when cause = 'two cases'
                then concat(
                    pay_month, ' 同一人在两个救助证（', kinds, '）下都发放成功，较小一份合计 ', {{ yuan('amount') }}, ' 元。'
                )
            else concat(
                pay_month, ' 同一救助证（', kinds, '）成功发放到两个账户，超出一份的部分合计 ', {{ yuan('amount') }}, ' 元。'
            )
        end as told,
        '核对是否同一人、同一户，属实的更正并按程序追回重复部分' as proposed
    from judged
)

{{ finding(
    'Q01',
    values=['cause', 'pay_month', 'months', ['kinds', "string_split(kinds, '、')"], 'amount'],
    rows=[['assistance_payment', 'payments']],
    files='origins',
    links=[['all', 'are_links_certain']],
    standing="concat_ws('|', cause, kinds)",
) }}
