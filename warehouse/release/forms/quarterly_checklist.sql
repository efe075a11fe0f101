-- Every household that is supported, monitored, on the record or warned of, with why it is to be visited.
with reasons as (
    select
        household_id,
        class as why,
        1 as place
    from fct_population_monthly
    where household_id is not null
    union
    select
        household_id,
        '备案对象' as why,
        2 as place
    from fct_record_register_monthly
    union
    select
        warning.household_id,
        '预警：' || coalesce(rule.title, warning.rule_id) as why,
        3 as place
    from fct_warning_monthly as warning
    left join dim_rule as rule on warning.rule_id = rule.rule_id
    where warning.status in ('listed', 'waiting') and warning.household_id is not null
),

households as (
    select
        household_id,
        string_agg(why, '、' order by place, why) as why
    from reasons
    group by household_id
)

select
    coalesce(nullif(trim(household.township), ''), '未写明乡镇') as township,
    coalesce(nullif(trim(household.village), ''), '未写明村') as village,
    coalesce(hamlets.hamlet, '未写明组') as hamlet,
    person.name as head_name,
    person.id_no,
    household.size,
    households.why
from households
left join dim_household as household on households.household_id = household.household_id
left join dim_person as person on household.head_person_id = person.person_id
left join hamlets on households.household_id = hamlets.household_id
order by township, village, hamlet = '未写明组', hamlet, households.household_id
