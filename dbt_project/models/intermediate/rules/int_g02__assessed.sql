-- G02 the region's grace has run out and the case is still paid. Not while exits are frozen: then G05 lists it.
with
graces as (
    select * from {{ ref('int_graces__scheduled') }}
    where is_listed
),

months as (
    select * from {{ ref('int_grace_months__reckoned') }}
),

overpaid as (
    -- All that was paid since the last month of the grace, as far back as payments were delivered.
    select
        case_no,
        count(*) filter (where paid > 0) as months,
        min(pay_month) filter (where paid > 0) as first_month,
        cast(sum(paid) as decimal(18, 2)) as amount
    from months
    where month_index >= length_months
    group by case_no
),

judged as (
    select
        graces.*,
        overpaid.months,
        overpaid.first_month,
        overpaid.amount,
        graces.is_over and graces.payments_now > 0 as is_found,
        case
            when graces.person_id is null then '户主身份未关联'
            when graces.grace_months_stated > 1 then '同一救助证的渐退开始时间不一致'
            when graces.is_over and graces.payments_now > 0 and graces.is_exit_frozen then '暂缓退出：本地区本月暂停退出，见 G05'
        end as unassessed_reason
    from graces
    left join overpaid on graces.case_no = overpaid.case_no
),

told as (
    select
        *,
        case_no as subject,
        'paid after grace' as cause,
        is_found and unassessed_reason is null as is_raised,
        '提示' as grade,
        concat_ws('|', ends_after, payments_now > 0) as fingerprint,
        concat(
            '渐退自 ', {{ month_of('grace_from') }}, ' 起（', schedule_words, '），至 ', ends_after, ' 期满；',
            {{ this_month() }}, ' 仍发放成功 ', {{ yuan('paid_now') }}, ' 元，已收到的发放明细中期满后共发 ', months,
            ' 个月（', first_month, ' 起）', {{ yuan('amount') }}, ' 元。'
        ) as told,
        '核实现有收入，不再符合的按程序办理退出；仍符合的重新认定并写明理由' as proposed
    from judged
)

{{ finding(
    'G02',
    values=[
        ['grace_from', "cast(grace_from as varchar)"], 'ends_after', 'month_index', 'length_months',
        ['schedule', 'schedule_words'], 'paid_now', ['months_paid_since', 'months'], ['paid_since', 'amount'],
    ],
    rows=[['assistance_roster', 'rows_used'], ['assistance_payment', 'payments_now']],
    files='origins',
    links=[['case', 'is_link_certain']],
    standing='ends_after',
) }}
