select
    coalesce(nullif(trim(township), ''), '未写明乡镇') as township,
    coalesce(nullif(trim(village), ''), '未写明村') as village,
    households_due,
    persons_due,
    households_looked,
    households_covered,
    households_open
from fct_village_coverage_monthly
order by township, village
