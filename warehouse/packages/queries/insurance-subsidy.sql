-- Low-income people alive, surely known, with what the rule on insurance (C10) asks of the month.
with
asked as (
    select
        person_id,
        bool_and(coalesce((evidence ->> 'is_insured')::boolean, false)) as is_insured
    from fct_warning_monthly
    where rule_id = 'C10'
    group by person_id
)

select
    population.person_id as subject,
    population.person_id as person_key,
    persons.name,
    persons.id_no,
    population.township,
    population.village,
    population.word,
    population.since,
    case
        when asked.person_id is null then '未提出疑问'
        when asked.is_insured then '参保未见资助'
        else '未见参保'
    end as finding
from fct_population_monthly as population
inner join dim_person as persons on population.person_id = persons.person_id
left join asked on population.person_id = asked.person_id
where persons.is_low_income and persons.died_on is null and population.is_link_certain and persons.id_no is not null
