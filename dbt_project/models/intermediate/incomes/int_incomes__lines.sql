-- A household's income line by line: the parts as stated, what the figure per head says beyond them, what the
-- policy takes out. The amounts that count add up to the counted income, to the cent.
with
stated as (
    select * from {{ ref('int_incomes__stated') }}
),

deductions as (
    select * from {{ ref('int_incomes__deducted') }}
),

members as (
    select * from {{ ref('int_members__listed') }}
    where person_id is not null and not is_dead
),

pensions as (
    select * from {{ ref('stg_pension__payments') }}
    where person_id is not null
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['income_window_months', 'job_cost_deduction_cap', 'flexible_work_income_month']) }}
),

labour as (
    select max(value) as words from policy
    where parameter = 'job_labour_words'
),

span as (
    select
        {{ month_of("cast(" ~ first_day() ~ " - to_months(cast(income_window_months as integer) - 1) as date)") }} as month_from,
        {{ this_month() }} as month_to
    from limits
    where income_window_months is not null
),

summed as (
    select
        *,
        coalesce(income_wage, 0) + coalesce(income_business, 0) - coalesce(expense_business, 0)
        + coalesce(income_property, 0) + coalesce(income_transfer, 0) as parts_year,
        income_wage is not null and income_business is not null and expense_business is not null
        and income_property is not null and income_transfer is not null as has_all_parts,
        coalesce(income_wage, income_business, expense_business, income_property, income_transfer) is not null as has_parts
    from stated
),

totalled as (
    -- The figure per head times the people it was divided by; without one, the parts when all of them are there.
    select
        *,
        case
            when income_pc_year is not null then income_pc_year * size
            when has_all_parts then parts_year
        end as total_year
    from summed
),

parts as (
    select
        household_key,
        10 as part_place,
        '工资性收入' as part,
        income_wage as stated_year,
        income_wage as amount_year
    from totalled
    where total_year is not null and income_wage is not null
    union all
    select
        household_key,
        20,
        '经营性收入',
        income_business as stated_year,
        income_business as amount_year
    from totalled
    where total_year is not null and income_business is not null
    union all
    select
        household_key,
        30,
        '生产经营支出',
        expense_business,
        -expense_business
    from totalled
    where total_year is not null and expense_business is not null
    union all
    select
        household_key,
        40,
        '财产性收入',
        income_property as stated_year,
        income_property as amount_year
    from totalled
    where total_year is not null and income_property is not null
    union all
    select
        household_key,
        50,
        '转移性收入',
        income_transfer as stated_year,
        income_transfer as amount_year
    from totalled
    where total_year is not null and income_transfer is not null
    union all
    select
        household_key,
        60,
        '未列明差额',
        total_year - parts_year,
        total_year - parts_year
    from totalled
    where has_parts and total_year <> parts_year
    union all
    select
        household_key,
        65,
        '未分项收入',
        total_year as stated_year,
        total_year as amount_year
    from totalled
    where not has_parts and total_year is not null
),

declared as (
    select
        parts.household_key,
        parts.part_place,
        parts.part,
        'declared' as basis,
        cast(null as varchar) as person_id,
        totalled.feed,
        totalled.origin,
        parts.stated_year,
        parts.amount_year,
        true as is_counted,
        cast(null as varchar) as parameter,
        case
            when parts.part = '未列明差额'
                then concat(
                    '人均数 ', cast(totalled.income_pc_year as varchar), ' 元 × ', totalled.size, ' 人与各项合计之差',
                    -- Half a cent a head is how far a figure per head can stand from the total it was made of.
                    case when abs(parts.amount_year) <= 0.005 * totalled.size then '（四舍五入的尾差）' else '，请核对' end
                )
            when parts.part = '未分项收入' and totalled.income_pc_year is not null
                then concat('来源只有人均数：', cast(totalled.income_pc_year as varchar), ' 元 × ', totalled.size, ' 人')
            when totalled.figures > 1 then concat('户内各行的人均数有 ', totalled.figures, ' 种，以户主行为准')
        end as note
    from parts
    inner join totalled on parts.household_key = totalled.household_key
),

leavers as (
    -- The figure per head was divided by everybody listed: the share of who died leaves with the dead.
    select
        household_key,
        70 as part_place,
        '已故成员份额' as part,
        'declared' as basis,
        cast(null as varchar) as person_id,
        feed,
        origin,
        cast(total_year * dead / size as decimal(18, 2)) as stated_year,
        -cast(total_year * dead / size as decimal(18, 2)) as amount_year,
        true as is_counted,
        cast(null as varchar) as parameter,
        concat('名单上 ', dead, ' 人登记在本月之前死亡，不再计入户内人数') as note
    from totalled
    where dead > 0 and size > 0 and total_year is not null
),

verified as (
    -- What the pension office paid stands beside what was declared; it is part of it and not counted again.
    select
        members.household_key,
        80 as part_place,
        '其中：养老待遇' as part,
        'verified' as basis,
        members.person_id,
        'pension' as feed,
        'pension' as origin,
        sum(coalesce(pensions.basic_pension, 0) + coalesce(pensions.account_pension, 0)) as stated_year,
        cast(0 as decimal(18, 2)) as amount_year,
        false as is_counted,
        'income_window_months' as parameter,
        concat(
            '核算期内 ', count(distinct pensions.of_month), ' 个月实发，视为已含在申报收入内，不重复计入',
            case
                when max(totalled.income_transfer) < sum(coalesce(pensions.basic_pension, 0) + coalesce(pensions.account_pension, 0))
                    then '；高于申报的转移性收入，请核对'
                else ''
            end
        ) as note
    from members
    inner join totalled on members.household_key = totalled.household_key
    inner join pensions on members.person_id = pensions.person_id
    cross join span
    where pensions.of_month between span.month_from and span.month_to
    group by members.household_key, members.person_id
),

imputed as (
    -- Flexible work that no statement shows, only where a policy names what it is taken to earn (R025).
    select
        members.household_key,
        90 as part_place,
        '灵活就业推算收入' as part,
        'imputed' as basis,
        members.person_id,
        totalled.feed,
        totalled.origin,
        cast(limits.flexible_work_income_month * 12 as decimal(18, 2)) as stated_year,
        cast(limits.flexible_work_income_month * 12 as decimal(18, 2)) as amount_year,
        true as is_counted,
        'flexible_work_income_month' as parameter,
        '有劳动能力而未申报工资性、经营性收入，按政策推算；非申报、非核实，请入户核对' as note
    from members
    inner join totalled on members.household_key = totalled.household_key
    cross join limits
    cross join labour
    where
        limits.flexible_work_income_month is not null
        and totalled.total_year is not null
        and totalled.has_all_parts
        and totalled.income_wage = 0
        and totalled.income_business = 0
        and list_contains(string_split(labour.words, ';'), members.labour)
),

income as (
    select * from declared
    union all
    select * from leavers
    union all
    select * from verified
    union all
    select * from imputed
),

limited as (
    -- Nothing is taken out of less than nothing.
    select
        household_key,
        greatest(sum(amount_year), 0) as total_year
    from income
    group by household_key
),

ordered as (
    select
        deductions.*,
        limited.total_year,
        case when deductions.is_due then deductions.wanted_year else 0 end as due_year,
        limits.job_cost_deduction_cap as cap,
        row_number() over (
            partition by deductions.household_key
            order by deductions.is_job_cost, deductions.part, deductions.person_id nulls last
        ) as place
    from deductions
    inner join limited on deductions.household_key = limited.household_key
    cross join limits
),

heaped as (
    select
        *,
        sum(case when is_job_cost then due_year else 0 end) over (
            partition by household_key order by place rows between unbounded preceding and current row
        ) as job_heap,
        -- The cap holds for all costs of work together; the last cent of it is not rounded up.
        case
            when cap is null then cast(null as decimal(18, 2))
            else cast(floor(total_year * cap * 100) / 100 as decimal(18, 2))
        end as cap_year
    from ordered
),

capped as (
    select
        *,
        case
            when is_job_cost and cap_year is not null
                then least(job_heap, cap_year) - least(job_heap - due_year, cap_year)
            else due_year
        end as capped_year
    from heaped
),

fitted as (
    select
        *,
        sum(capped_year) over (
            partition by household_key order by place rows between unbounded preceding and current row
        ) as heap
    from capped
),

taken as (
    select
        household_key,
        100 as part_place,
        part,
        case when feed = 'pension' then 'verified' else 'declared' end as basis,
        person_id,
        feed,
        feed as origin,
        wanted_year as stated_year,
        -cast(least(heap, total_year) - least(heap - capped_year, total_year) as decimal(18, 2)) as amount_year,
        is_due as is_counted,
        parameter,
        concat(
            note,
            case
                when is_job_cost and capped_year < due_year
                    then concat('；合计不超过总收入的 ', cast(cast(cap * 100 as decimal(18, 0)) as varchar), '%')
                when least(heap, total_year) - least(heap - capped_year, total_year) < capped_year then '；以收入扣完为限'
                else ''
            end
        ) as note
    from fitted
),

together as (
    select
        *,
        0 as deduction_place
    from income
    union all
    select
        *,
        case part
            when '基础养老金扣除' then 1
            when '就业成本扣除' then 2
            when '首次就业扣除' then 3
            else 4
        end as deduction_place
    from taken
)

select
    together.household_key,
    cast(row_number() over (
        partition by together.household_key
        order by together.part_place, together.deduction_place, together.person_id nulls last
    ) as integer) as place,
    together.part,
    together.basis,
    together.person_id,
    together.feed,
    together.origin,
    cast(together.amount_year as decimal(18, 2)) as amount_year,
    cast(together.stated_year as decimal(18, 2)) as stated_year,
    together.is_counted,
    together.parameter,
    policy.reference,
    together.note
from together
left join policy on together.parameter = policy.parameter
