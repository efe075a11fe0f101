-- Allowances entitled and not paid, paid and not entitled, or paid at another standard (C07).
select
    warnings.warning_id as subject,
    warnings.person_id as person_key,
    persons.name,
    persons.id_no,
    warnings.township,
    warnings.village,
    warnings.evidence ->> 'allowance' as allowance,
    case warnings.evidence ->> 'finding'
        when 'entitled and not paid' then '应补未补'
        when 'paid and not entitled' then '已补未见资格'
        when 'another amount' then '标准不符'
    end as finding,
    warnings.evidence ->> 'category' as category,
    case warnings.evidence ->> 'level'
        when '1' then '一级'
        when '2' then '二级'
        when '3' then '三级'
        when '4' then '四级'
    end as level,
    (warnings.evidence ->> 'paid_month')::decimal(18, 2) as paid_month,
    (warnings.evidence ->> 'standard_month')::decimal(18, 2) as standard_month,
    warnings.since,
    warnings.proposed
from fct_warning_monthly as warnings
inner join dim_person as persons on warnings.person_id = persons.person_id
where warnings.rule_id = 'C07' and warnings.status <> 'silent'
