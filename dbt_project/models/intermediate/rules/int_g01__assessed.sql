-- G01 a whole household on 低保, paid this month and in no grace, whose income is above the standard: grace
-- should begin, and the sentence tells the region's schedule. Where exits are frozen, G05 lists it instead.
with
exits as (
    select * from {{ ref('int_exits__weighed') }}
    where not is_single_person
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['answered_income_step']) }}
),

judged as (
    select
        exits.* exclude (unassessed_reason),
        {{ stepped('exits.income_pc_month', 'limits.answered_income_step') }} as steps,
        coalesce(exits.exit_cause = 'income above the standard', false) as is_found,
        case
            when exits.unassessed_reason is not null then exits.unassessed_reason
            when exits.exit_cause = 'income above the standard' and exits.is_exit_frozen
                then '暂缓退出：本地区本月暂停退出，见 G05'
        end as unassessed_reason
    from exits
    cross join limits
),

told as (
    select
        *,
        case_no as subject,
        'income above the standard' as cause,
        is_found and unassessed_reason is null as is_raised,
        '提示' as grade,
        paid as amount,
        cast(steps as varchar) as fingerprint,
        concat(
            '全户 ', household_members, ' 人，家庭年收入 ', {{ yuan('income_year') }}, ' 元，人均月收入 ',
            {{ yuan('income_pc_month') }}, ' 元，高于低保标准 ', {{ yuan('standard_month') }}, ' 元；未在渐退期，',
            {{ this_month() }}, ' 发放成功 ', {{ yuan('paid') }}, ' 元。本地渐退办法：', schedule_words, '。'
        ) as told,
        concat('拟进入渐退期：', schedule_words) as proposed
    from judged
)

{{ finding(
    'G01',
    values=[
        'income_year', 'standard_year', 'income_pc_month', 'standard_month', 'household_members', 'insured_size',
        ['schedule', 'schedule_words'], 'paid',
    ],
    rows=[['assistance_roster', 'rows_used'], ['assistance_payment', 'payments']],
    files='origins',
    links=[['case', 'is_link_certain']],
    policy_used="concat_ws(';', policy_used, 'grace_schedule')",
) }}
