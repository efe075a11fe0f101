-- C11 so many temporary aids in so many months, and still on neither 低保 nor 特困: whoever stays in difficulty
-- is to be assessed. One approval paid in stages (one case number) is one aid; failed payments are none.
with
payments as (
    select * from {{ ref('stg_assistance_payment__payments') }}
    where aid_type = '临时救助' and person_id is not null
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
    where aid_type in ('低保', '特困')
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['repeat_aid_count', 'repeat_aid_months']) }}
),

bounds as (
    -- So many calendar months ending with this one.
    select
        repeat_aid_count,
        repeat_aid_months,
        {{ month_of(first_day() ~ ' - to_months(cast(repeat_aid_months as integer) - 1)') }} as window_from
    from limits
    where repeat_aid_months is not null
),

delivered as (
    select min(pay_month) as first_month from payments
),

aided as (
    select
        payments.person_id,
        min(bounds.repeat_aid_count) as repeat_aid_count,
        min(bounds.window_from) as window_from,
        count(distinct payments.case_no) as aids,
        count(*) as rows_used,
        sum(payments.amount) as total,
        bool_or(payments.amount is null) as is_amount_unknown,
        min(payments.pay_month) as first_paid,
        max(payments.pay_month) as last_paid,
        bool_and(payments.is_link_certain) as is_link_certain,
        string_agg(
            distinct concat('assistance_payment/', payments.file), ';'
            order by concat('assistance_payment/', payments.file)
        ) as origins
    from payments
    inner join bounds on payments.pay_month >= bounds.window_from
    where payments.pay_month <= {{ this_month() }}
    group by payments.person_id
),

covered as (
    select
        person_id,
        bool_or(is_link_certain) as is_link_certain
    from rostered
    group by person_id
),

judged as (
    select
        aided.*,
        delivered.first_month,
        covered.person_id is not null as is_covered,
        coalesce(covered.is_link_certain, true) as is_surely_covered,
        deaths.person_id is not null as is_recorded_dead,
        aided.aids >= aided.repeat_aid_count
        and covered.person_id is null
        and deaths.person_id is null as is_raised
    from aided
    left join covered on aided.person_id = covered.person_id
    left join deaths on aided.person_id = deaths.person_id
    cross join delivered
),

told as (
    select
        *,
        person_id as subject,
        'temporary aid again' as cause,
        case
            when is_raised or aids < repeat_aid_count then null
            when is_recorded_dead then '有死亡登记'
            when is_covered and not is_surely_covered then '在册身份待核'
        end as unassessed_reason,
        case when is_link_certain then '疑似' else '提示' end as grade,
        case when not is_amount_unknown then cast(total as decimal(18, 2)) end as amount,
        concat_ws('|', last_paid, aids) as fingerprint,
        concat(
            window_from, ' 至 {{ var("month") }} 获得临时救助 ', aids, ' 次（', first_paid, ' 至 ', last_paid, '），合计 ',
            {{ yuan('case when not is_amount_unknown then total end') }},
            ' 元，不在低保、特困花名册；拟评估低保或特困。'
        ) as told,
        '评估低保或特困' as proposed
    from judged
)

{# A window that reaches back before the first delivery is only partly seen: the evidence says from when. #}
{{ finding(
    'C11',
    values=[
        'aids', 'amount', 'window_from', ['window_to', this_month()], ['payments_known_from', 'first_month'],
        'first_paid', 'last_paid',
    ],
    rows=[['assistance_payment', 'rows_used'], ['assistance_roster', '0']],
    files='origins',
    links=[['payments', 'is_link_certain']],
    place=false,
) }}
