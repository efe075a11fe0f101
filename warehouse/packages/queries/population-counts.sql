-- Everybody under monitoring, once, under the class of 2023.
select
    '' as subject,
    coalesce(township, '未写明') as township,
    class,
    count(distinct person_id) as persons
from fct_population_monthly
group by all
