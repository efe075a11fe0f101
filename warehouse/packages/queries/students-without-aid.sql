-- Low-income students without aid (C08), and children of school age whom no school row names (C09).
select
    warnings.warning_id as subject,
    warnings.person_id as person_key,
    persons.name,
    persons.id_no,
    warnings.township,
    warnings.village,
    case warnings.rule_id when 'C08' then '在籍未见资助' else '学龄未见学籍' end as finding,
    warnings.evidence ->> 'stage' as stage,
    warnings.evidence ->> 'school_year' as school_year,
    warnings.since,
    warnings.proposed
from fct_warning_monthly as warnings
inner join dim_person as persons on warnings.person_id = persons.person_id
where warnings.rule_id in ('C08', 'C09') and warnings.status <> 'silent'
