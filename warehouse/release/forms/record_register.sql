select
    coalesce(nullif(trim(register.township), ''), '未写明乡镇') as township,
    coalesce(nullif(trim(register.village), ''), '未写明村') as village,
    person.name as head_name,
    person.id_no,
    person.phone,
    household.size,
    register.reason,
    register.income_pc_month,
    register.standard_month,
    register.line_month,
    register.risk_points,
    register.registered_month,
    register.next_look_month
from fct_record_register_monthly as register
left join dim_person as person on register.head_person_id = person.person_id
left join dim_household as household on register.household_id = household.household_id
order by township, village, register.risk_points desc nulls last, register.household_id
