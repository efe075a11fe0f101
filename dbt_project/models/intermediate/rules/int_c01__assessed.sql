-- C01 monitored, risk not cleared, income below the line, and nobody of the household on any roster.
with
monitored as (
    select * from {{ ref('int_persons__monitored') }}
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
),

on_rosters as (
    select
        person_id,
        bool_or(is_link_certain) as is_link_certain
    from rostered
    group by person_id
),

households as (
    select
        monitored.household_no,
        count(*) as members,
        count(on_rosters.person_id) as members_on_rosters,
        coalesce(bool_or(on_rosters.is_link_certain and monitored.is_link_certain), false) as is_surely_covered
    from monitored
    left join on_rosters on monitored.person_id = on_rosters.person_id
    group by monitored.household_no
),

judged as (
    -- Below the line is told by totals (`band`); the figures per head are what a person reads.
    select
        monitored.*,
        households.members,
        households.members_on_rosters,
        households.is_surely_covered,
        monitored.band = 'below standard' as is_below_standard,
        coalesce(
            monitored.band in ('below standard', 'below line') and households.members_on_rosters = 0, false
        ) as is_raised
    from monitored
    inner join households on monitored.household_no = households.household_no
    where monitored.is_monitored
)

select
    'C01' as rule_id,
    person_id as subject,
    'on the rural list, on no roster' as cause,
    person_id,
    township,
    village,
    is_raised,
    case
        when is_raised then null
        when members_on_rosters > 0 and not is_surely_covered then '同户在册成员身份待核'
        when members_on_rosters = 0 and band is null then '收入不明'
    end as unassessed_reason,
    case when is_link_certain then '疑似' else '提示' end as grade,
    cast(line_month - income_pc_month as decimal(18, 2)) as amount,
    concat_ws('|', class, is_below_standard) as fingerprint,
    case
        when is_raised
            then concat(
                class, '，风险未消除，人均月收入 ', {{ yuan('income_pc_month') }}, ' 元，',
                case when is_below_standard then '低于低保标准 ' else '低于低收入线 ' end,
                {{ yuan('case when is_below_standard then standard_month else line_month end') }},
                ' 元，全户 ', members, ' 人均不在救助花名册；拟按',
                case when is_below_standard then '低保' else '低保边缘' end, '评估。'
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
                -- The lines of the mart under this key lead from what was stated to what counts.
                'income_breakdown', concat('household_no:', household_no),
                'proposed', case when is_below_standard then '拟按低保评估' else '拟按低保边缘评估' end,
                'household_members', members,
                'members_on_rosters', members_on_rosters,
                'rows', json_object('rural_monitoring', members, 'assistance_roster', 0),
                'files', string_split(origins, ';'),
                'links', json_object('rural', case when is_link_certain then 'certain' else 'review' end)
            ) as varchar)
    end as evidence,
    income_policy as policy_used,
    cast(null as varchar) as standing
from judged
