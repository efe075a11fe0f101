-- G03 in grace, and either stopped early or paid another amount than the schedule gives. Stopped early: on last
-- month's roster with months of grace left, this month neither on the roster nor paid, and no death, no other
-- case of the members and no exception of the region explains it.
with
graces as (
    select * from {{ ref('int_graces__scheduled') }}
    where is_in_grace
),

months as (
    select * from {{ ref('int_grace_months__reckoned') }}
),

members as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ month_before() }} and person_id is not null
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
    where aid_type in ('低保', '特困')
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
    where died_by <= {{ last_day_of_month() }}
),

exceptions as (
    select * from {{ ref('int_graces__excepted') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['entitlement_tolerance']) }}
),

explained as (
    -- Members of last month's case whom death or another case took out of it.
    select
        graces.case_no,
        count(deaths.person_id) as dead,
        count(rostered.person_id) as moved
    from graces
    inner join members on graces.case_no = members.case_no
    left join deaths on members.person_id = deaths.person_id
    left join rostered on members.person_id = rostered.person_id and graces.case_no <> rostered.case_no
    where not graces.is_listed
    group by graces.case_no
),

past as (
    -- The whole grace so far: what was due and what came, month by month.
    select
        case_no,
        string_agg(concat(pay_month, ' 应发 ', due, ' 实发 ', paid), '；' order by pay_month) as months_told,
        cast(sum(difference) as decimal(18, 2)) as difference
    from months
    where month_index < length_months
    group by case_no
),

weighed as (
    select
        graces.*,
        coalesce(explained.dead, 0) as dead,
        coalesce(explained.moved, 0) as moved,
        past.months_told,
        past.difference as difference_so_far,
        exceptions.code is not null as is_excepted,
        cast(graces.paid_now - graces.due_now as decimal(18, 2)) as difference,
        limits.entitlement_tolerance as tolerance,
        not graces.is_listed and graces.payments_now = 0 as is_gone
    from graces
    left join explained on graces.case_no = explained.case_no
    left join past on graces.case_no = past.case_no
    left join exceptions on graces.case_no = exceptions.case_no
    cross join limits
),

judged as (
    select
        *,
        is_gone and dead = 0 and moved = 0 and not is_excepted as is_stopped,
        is_listed and not is_excepted and coalesce(abs(difference) > tolerance, false) as is_wrong,
        case
            when person_id is null then '户主身份未关联'
            when grace_months_stated > 1 then '同一救助证的渐退开始时间不一致'
            when not is_listed or is_excepted or payments_now = 0 then null
            when original is null or amounts_unknown > 0 and not is_original_paid then '渐退前金额不明'
            when paid_unknown_now > 0 then '本月发放金额不明'
            -- Paid twice is Q01's, which knows of it.
            when payments_now > 1 and paid_now > due_now then '同月发放多笔，见 Q01'
            -- Some rosters show the amount already cut: without a payment from before it cannot be told.
            when not is_original_paid and share_now < 1 and abs(paid_now - approved) <= tolerance
                then '花名册金额是否已按渐退折算不明'
        end as unassessed_reason
    from weighed
),

told as (
    select
        *,
        case_no as subject,
        case when is_listed then 'wrong amount in grace' else 'stopped in grace' end as cause,
        (is_stopped or is_wrong) and unassessed_reason is null as is_raised,
        '提示' as grade,
        case when is_stopped then coalesce(due_now, 0) else abs(difference) end as amount,
        case when is_stopped then 'stopped' else concat_ws('|', share_now, difference) end as fingerprint,
        case
            when is_stopped
                then concat(
                    '渐退自 ', {{ month_of('grace_from') }}, ' 起（', schedule_words, '），应至 ', ends_after, '；',
                    {{ this_month() }}, ' 已不在花名册也未发放，家中无死亡登记，成员也不在其他救助证；本月应发 ',
                    {{ yuan('due_now') }}, ' 元。'
                )
            else concat(
                '渐退自 ', {{ month_of('grace_from') }}, ' 起（', schedule_words, '），本月为第 ', month_index + 1,
                ' 个月，应按原额 ', {{ yuan('original') }}, ' 元（', original_basis, '）发放 ', {{ yuan('due_now') }},
                ' 元，实发 ', {{ yuan('paid_now') }}, ' 元，', case when difference < 0 then '少发 ' else '多发 ' end,
                {{ yuan('abs(difference)') }}, ' 元。'
            )
        end as told,
        case
            when is_stopped then '核实停发原因；渐退期未满且无例外情形的，恢复至期满并补发'
            when difference < 0 then '核对渐退期发放比例，属实的补发差额'
            else '核对渐退期发放比例，属实的按程序更正'
        end as proposed
    from judged
)

{{ finding(
    'G03',
    values=[
        ['grace_from', "cast(grace_from as varchar)"], 'ends_after', 'month_index', 'length_months',
        ['schedule', 'schedule_words'], ['share', 'share_now'], 'original', 'original_basis', ['due', 'due_now'],
        ['paid', 'paid_now'], 'difference', 'difference_so_far', ['months', 'months_told'],
    ],
    rows=[['assistance_roster', 'rows_used'], ['assistance_payment', 'payments_now']],
    files='origins',
    links=[['case', 'is_link_certain']],
    standing="case when is_stopped then 'stopped' else concat_ws('|', share_now, difference) end",
) }}
