-- Everybody under monitoring whose rows surely are theirs.
select
    population.person_id as subject,
    population.person_id as person_key,
    population.household_id as household_key,
    persons.name,
    persons.id_no,
    population.township,
    population.village,
    population.class,
    population.word,
    population.place_kind,
    population.since,
    households.size as household_size,
    households.income_pc_month
from fct_population_monthly as population
inner join dim_person as persons on population.person_id = persons.person_id
left join dim_household as households on population.household_id = households.household_id
where population.is_link_certain
