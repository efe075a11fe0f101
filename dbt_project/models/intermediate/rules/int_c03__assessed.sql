-- C03 a household whose income per head is below k times the standard and which nobody assessed. It counts
-- households; the warning carries the head.
with
rural as (
    select * from {{ ref('int_persons__monitored') }}
),

members as (
    select * from {{ ref('stg_rural_monitoring__members') }}
    where person_id is not null
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
    where aid_type <> '临时救助'
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['answered_income_step']) }}
),

heads as (
    select
        household_no,
        person_id,
        row_number() over (
            partition by household_no
            order by case relation when '02' then 0 when '01' then 1 else 2 end, file, sheet, row
        ) as place
    from members
),

assessed as (
    select
        person_id,
        bool_or(is_link_certain) as is_link_certain
    from rostered
    group by person_id
),

households as (
    select
        rural.household_no,
        min(rural.township) as township,
        min(rural.village) as village,
        min(rural.class) as class,
        min(rural.band) as band,
        min(rural.income_pc_month) as income_pc_month,
        min(rural.standard_month) as standard_month,
        min(rural.standard_kind) as standard_kind,
        min(rural.line_month) as line_month,
        min(rural.income_policy) as income_policy,
        count(*) as members,
        bool_and(rural.is_link_certain) as is_link_certain,
        count(assessed.person_id) as members_assessed,
        coalesce(bool_or(assessed.is_link_certain and rural.is_link_certain), false) as is_surely_assessed,
        string_agg(distinct rural.origins, ';' order by rural.origins) as origins
    from rural
    left join assessed on rural.person_id = assessed.person_id
    group by rural.household_no
),

judged as (
    select
        households.*,
        heads.person_id,
        line.answered_income_step,
        coalesce(
            households.band in ('below standard', 'below line') and households.members_assessed = 0, false
        ) as is_raised
    from households
    inner join heads on households.household_no = heads.household_no and heads.place = 1
    cross join line
)

select
    'C03' as rule_id,
    household_no as subject,
    'low income, nobody assessed' as cause,
    person_id,
    township,
    village,
    is_raised,
    case
        when is_raised then null
        when members_assessed > 0 and not is_surely_assessed then '户内在册成员身份待核'
        when members_assessed = 0 and band is null then '收入不明'
    end as unassessed_reason,
    case when is_link_certain then '疑似' else '提示' end as grade,
    cast(line_month - income_pc_month as decimal(18, 2)) as amount,
    cast({{ stepped('income_pc_month', 'answered_income_step') }} as varchar) as fingerprint,
    case
        when is_raised
            then concat(
                class, '，全户 ', members, ' 人，人均月收入 ', {{ yuan('income_pc_month') }}, ' 元，低于低收入线 ',
                {{ yuan('line_month') }}, ' 元，无人享受低保、特困、低保边缘或刚性支出困难。'
            )
    end as summary,
    case
        when is_raised
            then cast(json_object(
                'class', class,
                'income_pc_month', income_pc_month,
                'line_month', line_month,
                'standard_month', standard_month,
                'standard_kind', standard_kind,
                'proposed', case when band = 'below standard' then '拟按低保评估' else '拟按低保边缘评估' end,
                'income_breakdown', concat('household_no:', household_no),
                'household_members', members,
                'members_assessed', members_assessed,
                'rows', json_object('rural_monitoring', members, 'assistance_roster', 0),
                'files', string_split(origins, ';'),
                'links', json_object('rural', case when is_link_certain then 'certain' else 'review' end)
            ) as varchar)
    end as evidence,
    income_policy as policy_used,
    cast(null as varchar) as standing
from judged
