-- Which paid 低保 cases would leave: by an income above the standard without a grace (G01), or because the grace
-- has run out (G02). Found here once; whether it is a warning, or only a name on the list of a frozen month
-- (G05), is told by the rules.
with
entitlements as (
    select * from {{ ref('int_entitlements__computed') }}
    where aid_type = '低保' and payments > 0
),

graces as (
    select * from {{ ref('int_graces__scheduled') }}
    where is_listed
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

schedule as (
    select string_agg(words, '、' order by step) as schedule_words
    from {{ ref('int_grace_steps__configured') }}
),

frozen as (
    select coalesce(bool_or(value = 'yes'), false) as is_exit_frozen
    from policy
    where parameter = 'exit_freeze'
)

select
    entitlements.*,
    graces.grace_from,
    graces.ends_after,
    graces.case_no is not null as has_grace,
    schedule.schedule_words,
    frozen.is_exit_frozen,
    case
        when graces.is_over then 'grace ended'
        -- One member alone is on aid: the household's income does not decide (R015).
        when
            graces.case_no is null and not entitlements.is_single_person and not entitlements.is_part_insured
            and entitlements.is_above_standard
            then 'income above the standard'
    end as exit_cause,
    case
        when entitlements.person_id is null then '户主身份未关联'
        when graces.grace_months_stated > 1 then '同一救助证的渐退开始时间不一致'
        when graces.case_no is not null then null
        when entitlements.is_grace_unread then '渐退开始时间无法识别'
        when entitlements.is_single_person then null
        when entitlements.income_year is null or entitlements.income_unassessed_reason is not null
            then coalesce(entitlements.income_unassessed_reason, '收入不明')
        when entitlements.is_part_insured and entitlements.is_above_standard then '部分成员未保障，是否单人保待核'
    end as unassessed_reason
from entitlements
cross join schedule
cross join frozen
left join graces on entitlements.case_no = graces.case_no
