-- Everybody under monitoring, once, under the word of the list that comes first.
select
    '' as subject,
    coalesce(township, '未写明') as township,
    word,
    count(distinct person_id) as persons
from fct_population_monthly
group by all
