-- What each case on this month's roster should get, three times told: what was approved, what the household's
-- income makes of it (补差 on the household's total, rounded once), and what is due this month (the approved
-- sum, or the grace's share of it); and what was paid.
with
cases as (
    select * from {{ ref('int_cases__rostered') }}
    where month = {{ this_month() }}
),

incomes as (
    select * from {{ ref('int_incomes__counted') }}
),

graces as (
    select * from {{ ref('int_graces__scheduled') }}
    where is_listed
),

paid as (
    select * from {{ ref('int_cases__paid') }}
    where pay_month = {{ this_month() }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['dibao_gap_minimum_month', 'tekun_scattered_month', 'tekun_housed_month']) }}
),

measured as (
    select
        cases.*,
        incomes.members as household_members,
        incomes.income_year,
        incomes.income_pc_month as income_pc_month_counted,
        incomes.standard_month,
        cast(incomes.standard_month * 12 * incomes.members as decimal(18, 2)) as standard_year,
        incomes.unassessed_reason as income_unassessed_reason,
        incomes.policy_used as income_policy_used,
        limits.dibao_gap_minimum_month as minimum_month,
        -- Who is cared for at home and who in an institution is paid by two standards.
        cast(
            cases.scattered_members * limits.tekun_scattered_month + cases.housed_members * limits.tekun_housed_month
            as decimal(18, 2)
        ) as fixed,
        cases.scattered_members + cases.housed_members = cases.members as is_care_known
    from cases
    left join incomes on concat('case_no:', cases.case_no) = incomes.household_key
    cross join limits
),

missing as (
    select
        *,
        case
            when income_year < standard_year then standard_year - income_year
            when income_year >= standard_year then 0
        end as missing_year
    from measured
),

shared as (
    select
        *,
        -- What the whole household lacks in a year, shared out over the insured of it and over twelve months.
        {{ shared_out('missing_year', 'members', '12 * household_members') }} as gap,
        cast(members * minimum_month as decimal(18, 2)) as minimum
    from missing
)

select
    shared.case_no,
    shared.person_id,
    shared.aid_type,
    shared.township,
    shared.village,
    shared.members,
    shared.household_size,
    shared.insured_size,
    shared.is_single_person,
    shared.is_part_insured,
    shared.is_complete,
    shared.is_of_two_kinds,
    shared.household_members,
    shared.income_year,
    shared.income_pc_month_counted as income_pc_month,
    shared.standard_month,
    shared.standard_year,
    shared.income_unassessed_reason,
    shared.is_care_known,
    -- Above the standard nothing is owed but the grace: whether the household leaves is asked by G01.
    coalesce(shared.income_year > shared.standard_year, false) as is_above_standard,
    case when shared.amounts_unknown = 0 and shared.is_complete then shared.approved end as approved,
    shared.amounts_unknown,
    cast(
        case
            when shared.aid_type = '特困' and shared.is_care_known then shared.fixed
            when shared.aid_type = '低保' and shared.gap is not null then greatest(shared.gap, shared.minimum)
        end as decimal(18, 2)
    ) as computed,
    coalesce(graces.is_in_grace, false) as is_in_grace,
    shared.is_grace_unread and graces.case_no is null as is_grace_unread,
    cast(
        round(
            case when shared.amounts_unknown = 0 and shared.is_complete then shared.approved end
            * case when graces.is_in_grace then graces.share_now else 1 end,
            2
        ) as decimal(18, 2)
    ) as due,
    paid.paid,
    coalesce(paid.payments, 0) as payments,
    coalesce(paid.amounts_unknown, 0) as paid_unknown,
    shared.is_link_certain,
    shared.rows_used,
    concat_ws(';', shared.origins, paid.origins) as origins,
    case
        when shared.aid_type = '特困' then 'tekun_scattered_month;tekun_housed_month'
        else concat_ws(';', 'dibao_gap_minimum_month', shared.income_policy_used)
    end as policy_used
from shared
left join graces on shared.case_no = graces.case_no
left join paid on shared.case_no = paid.case_no
