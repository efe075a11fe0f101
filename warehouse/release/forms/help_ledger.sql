-- A row per household with a warning on a list or a referral that is open.
with found as (
    select
        household_id,
        max(township) as township,
        max(village) as village,
        string_agg(distinct title, '、' order by title) as found
    from (
        select
            warning.household_id,
            warning.township,
            warning.village,
            coalesce(rule.title, warning.rule_id) as title
        from fct_warning_monthly as warning
        left join dim_rule as rule on warning.rule_id = rule.rule_id
        where warning.status = 'listed' and warning.household_id is not null
    )
    group by household_id
),

referred as (
    select
        household_id,
        max(township) as township,
        max(village) as village,
        string_agg(distinct agency || '：' || aid || '（' || state || '）', '；' order by agency || '：' || aid || '（' || state || '）')
            as referred
    from fct_referral_monthly
    where household_id is not null
    group by household_id
),

classed as (
    select
        household_id,
        string_agg(distinct class, '、' order by class) as classes
    from fct_population_monthly
    group by household_id
)

select
    coalesce(nullif(trim(coalesce(household.township, found.township, referred.township)), ''), '未写明乡镇') as township,
    coalesce(nullif(trim(coalesce(household.village, found.village, referred.village)), ''), '未写明村') as village,
    person.name as head_name,
    person.id_no,
    person.phone,
    household.size,
    classed.classes,
    found.found,
    referred.referred
from found
full join referred on found.household_id = referred.household_id
left join dim_household as household on coalesce(found.household_id, referred.household_id) = household.household_id
left join dim_person as person on household.head_person_id = person.person_id
left join classed on coalesce(found.household_id, referred.household_id) = classed.household_id
order by township, village, coalesce(found.household_id, referred.household_id)
