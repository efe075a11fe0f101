-- What the policy in force lets a household set against its income, before any limit: one row per household,
-- kind and person. A deduction that the policy knows and nothing can be said on stands with its reason and
-- no amount, so that nobody reads silence as a yes.
with
stated as (
    select * from {{ ref('int_incomes__stated') }}
),

members as (
    select * from {{ ref('int_members__listed') }}
    where person_id is not null and not is_dead
),

pensions as (
    select * from {{ ref('stg_pension__payments') }}
    where person_id is not null
),

jobs as (
    select * from {{ ref('int_jobs__known') }}
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
),

feeds as (
    select * from {{ source('lake', 'feeds') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits([
        'income_window_months', 'job_cost_deduction_month', 'first_job_deduction_month', 'first_job_deduction_months',
        'event_job_deduction_month'
    ]) }}
),

words as (
    select
        max(case when parameter = 'basic_pension_excluded' then value end) as basic_pension_excluded,
        max(case when parameter = 'basic_pension_insurance' then value end) as pension_insurance,
        max(case when parameter = 'job_labour_words' then value end) as labour_words,
        max(case when parameter = 'job_deduction_classes' then value end) as job_classes,
        max(case when parameter = 'roster_income_is_net' then value end) as roster_income_is_net,
        -- Known to the pack, and without a number: that is told, a parameter nobody wrote is not.
        coalesce(bool_or(parameter = 'job_cost_deduction_month'), false) as knows_job_cost
    from policy
),

span as (
    select
        {{ month_of("cast(" ~ first_day() ~ " - to_months(cast(income_window_months as integer) - 1) as date)") }} as month_from,
        {{ this_month() }} as month_to
    from limits
    where income_window_months is not null
),

pension_feed as (
    select coalesce(bool_or(feed = 'pension' and last_month is not null), false) as ever_came
    from feeds
),

pensioned as (
    -- Month by month and person by person, and only the insurance that the exclusion names.
    select
        pensions.person_id,
        sum(pensions.basic_pension) as basic_year,
        count(distinct pensions.of_month) as months
    from pensions
    cross join span
    cross join words
    where
        pensions.of_month between span.month_from and span.month_to
        and pensions.basic_pension is not null
        and list_contains(string_split(words.pension_insurance, ';'), pensions.insurance)
    group by pensions.person_id
),

aided as (
    -- Who is on an aid whose members the deductions for a first job and for an event are meant for.
    select distinct rostered.person_id
    from rostered
    cross join words
    where list_contains(string_split(words.job_classes, ';'), rostered.aid_type)
),

workers as (
    -- In work: a record of employment says so; else who can work, in a rural household that states wages.
    select
        members.household_key,
        members.person_id,
        jobs.first_job_on,
        coalesce(jobs.is_away, false) as is_away,
        jobs.person_id is not null as is_recorded,
        aided.person_id is not null as is_aided,
        coalesce(
            jobs.is_in_work,
            stated.income_wage > 0 and list_contains(string_split(words.labour_words, ';'), members.labour),
            false
        ) as is_in_work
    from members
    inner join stated on members.household_key = stated.household_key
    cross join words
    left join jobs on members.person_id = jobs.person_id
    left join aided on members.person_id = aided.person_id
),

first_jobs as (
    select
        workers.household_key,
        workers.person_id,
        workers.first_job_on,
        -- The first month of work is month 0.
        datediff('month', workers.first_job_on, {{ first_day() }}) as month_index,
        limits.first_job_deduction_month,
        cast(limits.first_job_deduction_months as integer) as length_months
    from workers
    cross join limits
    where
        workers.is_aided
        and workers.first_job_on <= {{ last_day_of_month() }}
        and limits.first_job_deduction_month is not null
        and limits.first_job_deduction_months is not null
),

aided_households as (
    select distinct members.household_key
    from members
    inner join aided on members.person_id = aided.person_id
),

unrecorded as (
    select aided_households.household_key
    from aided_households
    left join workers on aided_households.household_key = workers.household_key and workers.is_recorded
    group by aided_households.household_key
    having count(workers.person_id) = 0
),

deductions as (
    select
        members.household_key,
        '基础养老金扣除' as part,
        members.person_id,
        'pension' as feed,
        'basic_pension_excluded' as parameter,
        pensioned.basic_year as wanted_year,
        true as is_due,
        false as is_job_cost,
        concat('收入核算期内收到 ', pensioned.months, ' 个月待遇，基础养老金不计入收入') as note
    from members
    inner join pensioned on members.person_id = pensioned.person_id
    cross join words
    where words.basic_pension_excluded = 'yes'
    union all
    select
        stated.household_key,
        '基础养老金扣除',
        cast(null as varchar),
        'pension',
        'basic_pension_excluded',
        cast(0 as decimal(18, 2)),
        false,
        false,
        '未评估：从未收到养老待遇数据，无法扣除'
    from stated
    cross join words
    cross join pension_feed
    where words.basic_pension_excluded = 'yes' and not pension_feed.ever_came
    union all
    select
        workers.household_key,
        '就业成本扣除',
        workers.person_id,
        case when workers.is_recorded then 'employment' else 'rural_monitoring' end,
        'job_cost_deduction_month',
        limits.job_cost_deduction_month * 12,
        true,
        true,
        concat(
            '每人每月 ', cast(cast(limits.job_cost_deduction_month as decimal(18, 2)) as varchar), ' 元 × 12 个月',
            case when workers.is_recorded then '' else '；就业情况按工资性收入和劳动能力推定，请核对' end
        )
    from workers
    cross join limits
    where workers.is_in_work and limits.job_cost_deduction_month is not null
    union all
    select
        stated.household_key,
        '就业成本扣除',
        cast(null as varchar),
        cast(null as varchar),
        'job_cost_deduction_month',
        cast(0 as decimal(18, 2)),
        false,
        true,
        '未配置规则：文件未给就业成本扣减金额，不扣减'
    from stated
    cross join limits
    cross join words
    where words.knows_job_cost and limits.job_cost_deduction_month is null and coalesce(stated.income_wage, 0) > 0
    union all
    select
        household_key,
        '首次就业扣除',
        person_id,
        'employment',
        'first_job_deduction_month',
        first_job_deduction_month * 12,
        month_index < length_months,
        true,
        concat(
            '首次就业 ', cast(first_job_on as varchar), '，核减 ', length_months, ' 个月，',
            case
                when month_index >= length_months then '已于 '
                when month_index = length_months - 1 then '本月为最后一个月，止于 '
                else '至 '
            end,
            {{ month_of("cast(date_trunc('month', first_job_on) + to_months(length_months - 1) as date)") }},
            case when month_index >= length_months then ' 期满，不再核减' else '' end
        )
    from first_jobs
    union all
    select
        unrecorded.household_key,
        '首次就业扣除',
        cast(null as varchar),
        cast(null as varchar),
        'first_job_deduction_month',
        cast(0 as decimal(18, 2)),
        false,
        true,
        '未评估：没有首次就业日期的数据来源，不扣减；有就业成员的请核对'
    from unrecorded
    cross join limits
    where limits.first_job_deduction_month is not null
    union all
    select
        workers.household_key,
        '疫情务工扣除',
        workers.person_id,
        'employment',
        'event_job_deduction_month',
        limits.event_job_deduction_month * 12,
        true,
        true,
        concat(
            '外出务工、返岗复工，每月 ', cast(cast(limits.event_job_deduction_month as decimal(18, 2)) as varchar),
            ' 元 × 12 个月，事件结束即止'
        )
    from workers
    cross join limits
    where workers.is_aided and workers.is_away and workers.is_in_work and limits.event_job_deduction_month is not null
    union all
    select
        unrecorded.household_key,
        '疫情务工扣除',
        cast(null as varchar),
        cast(null as varchar),
        'event_job_deduction_month',
        cast(0 as decimal(18, 2)),
        false,
        true,
        '未评估：没有外出务工、返岗复工的数据来源，不扣减；有务工成员的请核对'
    from unrecorded
    cross join limits
    where limits.event_job_deduction_month is not null
)

select
    deductions.household_key,
    deductions.part,
    deductions.person_id,
    deductions.feed,
    deductions.parameter,
    cast(deductions.wanted_year as decimal(18, 2)) as wanted_year,
    deductions.is_due,
    deductions.is_job_cost,
    deductions.note
from deductions
cross join words
-- A roster that holds the income as it was assessed has had its deductions already.
where deductions.household_key not like 'case_no:%' or words.roster_income_is_net is distinct from 'yes'
