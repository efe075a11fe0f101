select
    coalesce(nullif(trim(changed.township), ''), '未写明乡镇') as township,
    coalesce(nullif(trim(changed.village), ''), '未写明村') as village,
    person.name,
    person.id_no,
    changed.change,
    changed.from_class,
    changed.to_class,
    changed.category,
    changed.reason
from fct_population_change_monthly as changed
left join dim_person as person on changed.person_id = person.person_id
order by
    township,
    case changed.change when '新增' then 1 when '退出' then 2 else 3 end,
    changed.category,
    village,
    changed.person_id,
    changed.class,
    changed.from_class,
    changed.reason
