-- Q02 what a case was paid for this month is not what it is entitled to: not what was approved, or what was
-- approved is not what the household's total makes of it. A case in grace is G03's, a case paid twice Q01's,
-- a whole household above the standard G01's.
with
entitlements as (
    select * from {{ ref('int_entitlements__computed') }}
    where payments > 0 and not is_in_grace
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['entitlement_tolerance']) }}
),

compared as (
    select
        entitlements.*,
        limits.entitlement_tolerance as tolerance,
        entitlements.paid - entitlements.due as paid_difference,
        case
            when entitlements.is_above_standard and not entitlements.is_part_insured and entitlements.aid_type = '低保'
                then null
            else entitlements.approved - entitlements.computed
        end as approved_difference
    from entitlements
    cross join limits
),

judged as (
    select
        *,
        coalesce(abs(paid_difference) > tolerance, false) as is_paid_wrong,
        coalesce(abs(approved_difference) > tolerance, false) as is_approved_wrong,
        case
            when person_id is null then '户主身份未关联'
            when is_of_two_kinds then '同一救助证有两种救助类型'
            when paid_unknown > 0 then '本月发放金额不明'
            when not is_complete then '花名册人数与保障人数不符'
            when amounts_unknown > 0 then '月保障金额空白'
            when is_grace_unread and abs(paid_difference) > tolerance then '渐退开始时间无法识别'
            when payments > 1 and paid > due then '同月发放多笔，见 Q01'
            when abs(paid_difference) > tolerance then null
            when aid_type = '特困' and not is_care_known then '供养方式不明'
            when aid_type = '低保' and computed is null then coalesce(income_unassessed_reason, '收入不明')
        end as unassessed_reason
    from compared
),

told as (
    select
        *,
        case_no as subject,
        case when is_paid_wrong then 'paid is not approved' else 'approved is not computed' end as cause,
        (is_paid_wrong or is_approved_wrong) and unassessed_reason is null as is_raised,
        '提示' as grade,
        abs(case when is_paid_wrong then paid_difference else approved_difference end) as amount,
        concat_ws('|', paid_difference, approved_difference) as fingerprint,
        case
            when is_paid_wrong
                then concat(
                    {{ this_month() }}, ' 实发 ', {{ yuan('paid') }}, ' 元，审批合计 ', {{ yuan('due') }}, ' 元（',
                    members, ' 人），', case when paid_difference < 0 then '少发 ' else '多发 ' end,
                    {{ yuan('abs(paid_difference)') }}, ' 元。'
                )
            when aid_type = '特困'
                then concat(
                    '特困 ', members, ' 人，审批合计 ', {{ yuan('approved') }}, ' 元，按供养标准应为 ',
                    {{ yuan('computed') }}, ' 元，', case when approved_difference < 0 then '少定 ' else '多定 ' end,
                    {{ yuan('abs(approved_difference)') }}, ' 元。'
                )
            else concat(
                '家庭年收入 ', {{ yuan('income_year') }}, ' 元（', household_members, ' 人，标准 ',
                {{ yuan('standard_month') }}, ' 元/人·月），保障 ', members, ' 人，按家庭合计补差应为 ',
                {{ yuan('computed') }}, ' 元/月，审批合计 ', {{ yuan('approved') }}, ' 元，',
                case when approved_difference < 0 then '少定 ' else '多定 ' end,
                {{ yuan('abs(approved_difference)') }}, ' 元。'
            )
        end as told,
        case
            when is_paid_wrong and paid_difference < 0 then '核对发放明细，属实的补发差额'
            when is_paid_wrong then '核对发放明细，属实的按程序更正'
            when approved_difference < 0 then '核对收入和人数，属实的调增补差'
            else '核对收入和人数，属实的调减补差'
        end as proposed
    from judged
)

{{ finding(
    'Q02',
    values=[
        'cause', 'aid_type', 'paid', 'due', 'approved', 'computed', 'members', 'household_members', 'income_year',
        'standard_month', 'is_single_person', 'tolerance',
    ],
    rows=[['assistance_roster', 'rows_used'], ['assistance_payment', 'payments']],
    files='origins',
    links=[['case', 'is_link_certain']],
    policy_used="case when is_paid_wrong then 'entitlement_tolerance'
        else concat_ws(';', 'entitlement_tolerance', policy_used) end",
) }}
