-- Each household's income as an officer follows it line by line: what was stated, what was taken out and under
-- which line of policy, what is left, and the standard and the line it stands against.
with
lines as (
    select * from {{ ref('int_incomes__lines') }}
),

counted as (
    select * from {{ ref('int_incomes__counted') }}
),

stated as (
    select * from {{ ref('int_incomes__stated') }}
),

households as (
    select * from {{ ref('int_households__formed') }}
    where is_head
),

persons as (
    select * from {{ ref('int_persons__described') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

numbered as (
    select
        household_key,
        max(place) as places
    from lines
    group by household_key
),

results as (
    -- Below the lines what they come to: the year's total, per head and month, and what it is compared with.
    select
        counted.household_key,
        coalesce(numbered.places, 0) + 1 as place,
        '计入收入合计' as part,
        counted.income_year as amount_year,
        cast(null as varchar) as parameter,
        coalesce(counted.unassessed_reason, concat('户内 ', counted.members, ' 人')) as note
    from counted
    left join numbered on counted.household_key = numbered.household_key
    union all
    select
        counted.household_key,
        coalesce(numbered.places, 0) + 2,
        '低保标准（全户全年）',
        cast(counted.standard_month * 12 * counted.members as decimal(18, 2)),
        case
            when counted.policy_used like 'dibao_standard_urban_month%' then 'dibao_standard_urban_month'
            else 'dibao_standard_month'
        end,
        concat(
            case counted.standard_kind when 'urban' then '城镇标准 ' else '农村标准 ' end,
            cast(counted.standard_month as varchar), ' 元/人·月 × 12 × ', counted.members, ' 人'
        )
    from counted
    left join numbered on counted.household_key = numbered.household_key
    where counted.standard_month is not null
    union all
    select
        counted.household_key,
        coalesce(numbered.places, 0) + 3,
        '低收入线（全户全年）',
        cast(counted.line_month * 12 * counted.members as decimal(18, 2)),
        'low_income_multiple',
        concat(cast(counted.line_month as varchar), ' 元/人·月 × 12 × ', counted.members, ' 人')
    from counted
    left join numbered on counted.household_key = numbered.household_key
    where counted.line_month is not null
),

together as (
    select
        household_key,
        place,
        false as is_result,
        part,
        basis,
        person_id,
        feed,
        stated_year,
        amount_year,
        sum(amount_year) over (
            partition by household_key order by place rows between unbounded preceding and current row
        ) as running_year,
        is_counted,
        reference,
        note
    from lines
    union all
    select
        results.household_key,
        results.place,
        true as is_result,
        results.part,
        cast(null as varchar) as basis,
        cast(null as varchar) as person_id,
        stated.feed,
        cast(null as decimal(18, 2)) as stated_year,
        results.amount_year,
        cast(null as decimal(18, 2)) as running_year,
        false as is_counted,
        policy.reference,
        results.note
    from results
    inner join stated on results.household_key = stated.household_key
    left join policy on results.parameter = policy.parameter
)

select
    together.household_key,
    cast(together.place as integer) as place,
    counted.household_id,
    households.person_id as head_person_id,
    persons.township,
    persons.village,
    together.is_result,
    together.part,
    case together.basis when 'declared' then '申报' when 'verified' then '核实' when 'imputed' then '推算' end as basis,
    together.person_id,
    together.feed as source_feed,
    cast(together.stated_year as decimal(18, 2)) as stated_year,
    cast(together.amount_year as decimal(18, 2)) as amount_year,
    cast(together.running_year as decimal(18, 2)) as running_year,
    together.is_counted,
    counted.members,
    counted.income_pc_month,
    counted.band,
    together.reference as policy_ref,
    together.note
from together
inner join counted on together.household_key = counted.household_key
left join households on counted.household_id = households.household_id
left join persons on households.person_id = persons.person_id
