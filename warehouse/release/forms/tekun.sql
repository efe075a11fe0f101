-- The 四有 are asked of those who live at home only.
select
    coalesce(nullif(trim(tekun.township), ''), '未写明乡镇') as township,
    coalesce(nullif(trim(tekun.village), ''), '未写明村') as village,
    person.name,
    person.id_no,
    date_sub('year', tekun.birth_date, this_month.last_day) as age,
    coalesce(tekun.care, '未写明') as care,
    tekun.health,
    tekun.labour,
    tekun.care_need,
    case when tekun.care = '集中' then '—' else tekun.care_agreement end as care_agreement,
    case when tekun.care = '集中' then '—' else tekun.service_standard end as service_standard,
    case when tekun.care = '集中' then '—' else tekun.visit_record end as visit_record,
    case when tekun.care = '集中' then '—' else tekun.emergency_plan end as emergency_plan,
    tekun.housing
from fct_tekun_monthly as tekun
cross join this_month
left join dim_person as person on tekun.person_id = person.person_id
order by township, tekun.needs_place_look desc, village, tekun.person_id, tekun.care, tekun.health
