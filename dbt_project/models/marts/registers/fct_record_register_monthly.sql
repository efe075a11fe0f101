-- The 备案 register (R031): neither a warning nor a rejection. Households whose income lies between the 低保
-- standard and the low-income line, or that were looked at and not taken up though a difficulty was seen, and of
-- which nobody is on a roster that helps already. With the month of the next look and the month's risk points (R032).
with
incomes as (
    select * from {{ ref('int_incomes__counted') }}
    where household_id is not null
),

refused as (
    select * from {{ ref('int_households__refused') }}
),

households as (
    select * from {{ ref('dim_household') }}
),

members as (
    select * from {{ ref('int_households__formed') }}
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
),

scored as (
    select * from {{ ref('int_households__scored') }}
),

before as (
    select * from {{ source('lake', 'records_before') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['record_recheck_months', 'record_near_share', 'risk_points_near_standard']) }}
),

covering as (
    {{ policy_words('record_covered_words') }}
),

covered as (
    select distinct members.household_id
    from members
    inner join rostered on members.person_id = rostered.person_id
    inner join covering on rostered.aid_type = covering.word
),

income as (
    -- One figure a household: the rural list's before a roster's, then the lower one.
    select
        *,
        row_number() over (
            partition by household_id
            order by
                case when household_key like 'household_no:%' then 0 else 1 end,
                income_pc_month,
                household_key
        ) as place
    from incomes
),

entered as (
    select
        households.household_id,
        households.head_person_id,
        households.township,
        households.village,
        households.size,
        income.income_pc_month,
        income.standard_month,
        income.line_month,
        income.band,
        refused.reason_not,
        refused.looked_month,
        refused.source_feed as refused_by,
        concat_ws(
            '；',
            case when income.band = 'below line' then '收入在低保标准与低收入线之间' end,
            case when refused.household_id is not null then concat('已核查未纳入：', refused.reason_not) end
        ) as reason
    from households
    left join covered on households.household_id = covered.household_id
    left join income on households.household_id = income.household_id and income.place = 1
    left join refused on households.household_id = refused.household_id
    where covered.household_id is null and (income.band = 'below line' or refused.household_id is not null)
),

dated as (
    select
        entered.*,
        coalesce(before.registered_month, {{ this_month() }}) as registered_month,
        before.risk_points as risk_points_before,
        greatest(
            coalesce(before.last_look_month, before.registered_month, {{ this_month() }}),
            coalesce(entered.looked_month, '')
        ) as last_look_month
    from entered
    left join before on entered.household_id = before.household_id
),

weighed as (
    select
        dated.*,
        line.record_recheck_months,
        case
            when dated.income_pc_month <= dated.standard_month * (1 + line.record_near_share) and dated.band = 'below line'
                then coalesce(line.risk_points_near_standard, 0)
            else 0
        end as points_near_standard,
        scored.points_burden,
        scored.points_illness,
        scored.points_disability,
        scored.points_no_labour,
        scored.points_student,
        scored.points_warning
    from dated
    cross join line
    left join scored on dated.household_id = scored.household_id
),

summed as (
    select
        *,
        cast(
            points_near_standard + coalesce(points_burden, 0) + coalesce(points_illness, 0) + coalesce(points_disability, 0)
            + coalesce(points_no_labour, 0) + coalesce(points_student, 0) + coalesce(points_warning, 0) as integer
        ) as risk_points,
        {{ month_of("cast(cast(concat(last_look_month, '-01') as date) + to_months(cast(record_recheck_months as integer)) as date)") }}
            as next_look_month
    from weighed
)

select
    household_id,
    head_person_id,
    coalesce(township, '未写明乡镇') as township,
    village,
    size,
    reason,
    income_pc_month,
    standard_month,
    line_month,
    registered_month,
    last_look_month,
    next_look_month,
    -- Without an interval in the policy there is no next look: the register says so by an empty cell.
    coalesce(next_look_month <= {{ this_month() }}, false) as is_due,
    risk_points,
    risk_points - risk_points_before as risk_points_change,
    cast(json_object(
        'band', band,
        'reason_not', reason_not,
        'looked_month', looked_month,
        'looked_by', refused_by,
        'points', json_object(
            'near_standard', points_near_standard,
            'burden', points_burden,
            'illness', points_illness,
            'disability', points_disability,
            'no_labour', points_no_labour,
            'student', points_student,
            'warning', points_warning
        )
    ) as varchar) as evidence
from summed
