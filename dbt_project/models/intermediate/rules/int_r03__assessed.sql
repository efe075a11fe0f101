-- R03 a household of the rural list, or a case of 低保, whose income fell by more than the policy's share against its
-- oldest statement in the window. For a case the 补差 should follow (R020): where it already did, nothing is raised.
with
compared as (
    select * from {{ ref('int_incomes__compared') }}
),

incomes as (
    select * from {{ ref('int_incomes__counted') }}
),

members as (
    select * from {{ ref('int_members__listed') }}
    where person_id is not null
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
    where aid_type = '低保'
),

entitlements as (
    select * from {{ ref('int_entitlements__computed') }}
    where aid_type = '低保'
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['entitlement_tolerance', 'answered_income_step']) }}
),

on_dibao as (
    select
        members.household_key,
        bool_or(rostered.is_link_certain and members.is_link_certain) as is_surely_on_dibao
    from members
    inner join rostered on members.person_id = rostered.person_id
    group by members.household_key
),

heads as (
    select * from members
    where head_place = 1
),

scope as (
    -- A rural household with a member surely on 低保 is not asked about twice: its case speaks.
    select
        compared.*,
        case when entitlements.case_no is not null then 'case' else 'rural' end as kind,
        entitlements.approved,
        entitlements.computed,
        entitlements.policy_used as entitlement_policy,
        coalesce(
            entitlements.computed - entitlements.approved <= limits.entitlement_tolerance, false
        ) as is_adjusted,
        limits.answered_income_step
    from compared
    cross join limits
    left join entitlements on compared.household_key = concat('case_no:', entitlements.case_no)
    left join on_dibao on compared.household_key = on_dibao.household_key
    where
        entitlements.case_no is not null
        or (compared.household_key like 'household_no:%' and not coalesce(on_dibao.is_surely_on_dibao, false))
),

judged as (
    select
        scope.*,
        heads.person_id,
        heads.township,
        heads.village,
        heads.is_link_certain,
        incomes.members,
        incomes.band,
        incomes.standard_month,
        incomes.policy_used as income_policy,
        scope.has_fallen and not (scope.kind = 'case' and scope.is_adjusted) as is_raised
    from scope
    inner join heads on scope.household_key = heads.household_key
    left join incomes on scope.household_key = incomes.household_key
),

told as (
    select
        household_key as subject,
        'income fell' as cause,
        person_id,
        township,
        village,
        is_raised,
        case
            when is_raised then null
            when is_unknown_now then '收入不明'
            when before_month is null then '比较期内没有此前的收入申报'
        end as unassessed_reason,
        case when is_link_certain then '疑似' else '提示' end as grade,
        case when kind = 'case' then computed - approved else before_year - now_year end as amount,
        concat_ws('|', kind, band, {{ stepped('now_pc_month', 'answered_income_step') }}) as fingerprint,
        concat(
            case kind when 'case' then '低保户' else '农村住户' end, '，全户 ', members, ' 人，年收入由 ', before_month, ' 的 ',
            {{ yuan('before_year') }}, ' 元降至 ', {{ yuan('now_year') }}, ' 元（降 ', cast(fall_percent as varchar),
            '%，人均月收入 ', {{ yuan('before_pc_month') }}, ' 元降至 ', {{ yuan('now_pc_month') }}, ' 元）；',
            case
                when kind = 'case'
                    then concat(
                        '月保障金审批 ', {{ yuan('approved') }}, ' 元，按现收入测算 ', {{ yuan('computed') }}, ' 元；拟调增补差。'
                    )
                when band = 'below standard' then '现低于低保标准，拟按低保评估。'
                when band = 'below line' then '现低于低收入线，拟按低保边缘评估。'
                else '拟重新核对家庭经济状况。'
            end
        ) as told,
        case
            when kind = 'case' then '拟调增补差'
            when band = 'below standard' then '拟按低保评估'
            when band = 'below line' then '拟按低保边缘评估'
            else '拟重新核对家庭经济状况'
        end as proposed,
        before_month,
        before_year,
        now_year,
        before_pc_month,
        now_pc_month,
        fall_percent,
        members,
        approved,
        computed,
        household_key,
        rows_used,
        origins,
        is_link_certain,
        kind,
        concat_ws(
            ';', 'income_fall_share', 'income_fall_window_months',
            case when kind = 'case' then entitlement_policy else income_policy end
        ) as policy_used
    from judged
)

{{ finding(
    'R03',
    values=[
        'before_month', ('income_before_year', 'before_year'), ('income_now_year', 'now_year'), 'before_pc_month',
        'now_pc_month', 'fall_percent', 'members', ('approved_month', 'approved'), ('computed_month', 'computed'),
        ('income_breakdown', 'household_key')
    ],
    rows=[
        ('rural_monitoring', "case when kind = 'rural' then rows_used else 0 end"),
        ('assistance_roster', "case when kind = 'case' then rows_used else 0 end")
    ],
    files='origins',
    links=[('head', 'is_link_certain')],
    policy_used='policy_used'
) }}
