-- Whom one list names and the other does not (C01, C02). A finding proposes a look; nobody is taken off a list.
select
    warnings.warning_id as subject,
    warnings.person_id as person_key,
    persons.name,
    persons.id_no,
    warnings.township,
    warnings.village,
    case warnings.rule_id when 'C01' then '监测名单有、救助名册无' else '救助名册有、监测名单无' end as direction,
    warnings.grade,
    warnings.since,
    warnings.proposed
from fct_warning_monthly as warnings
inner join dim_person as persons on warnings.person_id = persons.person_id
where warnings.rule_id in ('C01', 'C02') and warnings.status <> 'silent'
