-- What a household spent in the window against what it earned in the year before: medical costs it bore itself,
-- school fees, care that an office approved, and the basic living at its own standard. Each part stands apart;
-- only the parts that the policy names are added up. Care has no feed: it is not received, which is not zero.
with
incomes as (
    select * from {{ ref('int_incomes__counted') }}
    where household_id is not null
),

members as (
    select * from {{ ref('int_members__listed') }}
    where person_id is not null
),

present as (
    select * from {{ ref('int_households__present') }}
),

settlements as (
    select * from {{ ref('int_settlements__netted') }}
),

students as (
    select * from {{ ref('stg_education_enrolment__students') }}
    where person_id is not null
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['expenditure_window_months']) }}
),

words as (
    select
        string_split(max(case when parameter = 'expenditure_test_parts' then value end), ';') as parts,
        string_split(max(case when parameter = 'expenditure_school_states' then value end), ';') as school_states
    from policy
),

span as (
    select
        cast({{ first_day() }} - to_months(cast(expenditure_window_months as integer) - 1) as date) as from_day,
        {{ last_day_of_month() }} as to_day
    from limits
    where expenditure_window_months is not null
),

spoken as (
    -- A household under several numbers: the rural list's statement before the roster's, then the poorer one.
    select
        *,
        row_number() over (
            partition by household_id
            order by
                case when household_key like 'household_no:%' then 0 else 1 end,
                case when income_year is null then 1 else 0 end,
                income_pc_month,
                household_key
        ) as place
    from incomes
),

households as (
    select * from spoken
    where place = 1
),

heads as (
    select * from members
    where head_place = 1
),

living_together as (
    select distinct
        households.household_key,
        present.person_id
    from households
    inner join present on households.household_key = present.household_key
),

treated as (
    select
        living_together.household_key,
        sum(settlements.own_total) as medical,
        sum(settlements.rows_used) as rows_used,
        bool_or(settlements.is_amount_unknown) as is_amount_unknown,
        bool_and(settlements.is_link_certain) as is_link_certain
    from living_together
    inner join settlements on living_together.person_id = settlements.person_id
    cross join span
    where settlements.settled_on between span.from_day and span.to_day
    group by living_together.household_key
),

enrolled as (
    -- Two rows of one pupil are one fee: the higher, where they differ.
    select
        living_together.household_key,
        students.person_id,
        max(students.tuition_year) as tuition_year,
        bool_or(students.tuition_year is null) as is_amount_unknown,
        bool_or(students.is_link_certain) as is_link_certain,
        count(*) as rows_used
    from living_together
    inner join students on living_together.person_id = students.person_id
    cross join words
    where list_contains(words.school_states, students.state)
    group by living_together.household_key, students.person_id
),

taught as (
    select
        household_key,
        sum(tuition_year) as education,
        sum(rows_used) as rows_used,
        bool_or(is_amount_unknown) as is_amount_unknown,
        bool_and(is_link_certain) as is_link_certain
    from enrolled
    group by household_key
),

measured as (
    select
        households.household_id,
        households.household_key,
        heads.person_id as head_person_id,
        heads.township,
        heads.village,
        households.members,
        households.standard_month,
        households.band,
        households.income_year,
        households.unassessed_reason,
        households.policy_used,
        cast(coalesce(treated.medical, 0) as decimal(18, 2)) as medical,
        cast(coalesce(taught.education, 0) as decimal(18, 2)) as education,
        cast(null as decimal(18, 2)) as care,
        cast(households.standard_month * 12 * households.members as decimal(18, 2)) as living,
        span.from_day,
        span.to_day,
        words.parts,
        coalesce(treated.rows_used, 0) as settlement_rows,
        coalesce(taught.rows_used, 0) as school_rows,
        coalesce(treated.is_amount_unknown, false) or coalesce(taught.is_amount_unknown, false) as is_amount_unknown,
        coalesce(heads.is_link_certain, false)
        and coalesce(treated.is_link_certain, true)
        and coalesce(taught.is_link_certain, true) as is_link_certain
    from households
    cross join span
    cross join words
    left join heads on households.household_key = heads.household_key
    left join treated on households.household_key = treated.household_key
    left join taught on households.household_key = taught.household_key
)

select
    household_id,
    household_key,
    head_person_id,
    township,
    village,
    members,
    standard_month,
    band,
    medical,
    education,
    care,
    living,
    cast(
        case when list_contains(parts, 'medical') then medical else 0 end
        + case when list_contains(parts, 'education') then education else 0 end
        + case when list_contains(parts, 'care') then coalesce(care, 0) else 0 end
        + case when list_contains(parts, 'living') then living else 0 end
        as decimal(18, 2)
    ) as total,
    income_year as income_last_year,
    {{ month_of('from_day') }} as window_from,
    {{ month_of('to_day') }} as window_to,
    cast(settlement_rows + school_rows as integer) as rows_used,
    cast(settlement_rows as integer) as settlement_rows,
    cast(school_rows as integer) as school_rows,
    is_amount_unknown,
    is_link_certain,
    case
        when unassessed_reason is not null then unassessed_reason
        when parts is null then '未配置规则：本地区没有列明计入家庭支出的项目'
        when living is null then '未配置规则：本地区没有低保标准'
    end as unassessed_reason,
    concat_ws(';', 'expenditure_test_parts', 'expenditure_window_months', policy_used) as policy_used
from measured
