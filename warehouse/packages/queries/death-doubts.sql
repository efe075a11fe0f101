-- People recorded dead who show life afterwards (D03): the source is asked to look; payments go on.
select
    warnings.warning_id as subject,
    warnings.person_id as person_key,
    persons.name,
    persons.id_no,
    warnings.township,
    warnings.village,
    (warnings.evidence ->> 'died_by')::date as died_by,
    json_array_length(warnings.evidence, '$.death_sources')::bigint as death_sources,
    coalesce((warnings.evidence ->> 'settlements_after')::bigint, 0) > 0 as has_settlement,
    coalesce((warnings.evidence ->> 'in_school')::boolean, false) as is_in_school,
    (warnings.evidence ->> 'last_settled_on')::date as last_seen_on,
    warnings.since,
    warnings.proposed
from fct_warning_monthly as warnings
inner join dim_person as persons on warnings.person_id = persons.person_id
where warnings.rule_id = 'D03' and warnings.status <> 'silent'
