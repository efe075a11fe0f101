-- Last month's persons, plus and minus the month's changes, are this month's persons: in every class and township.
select *
from {{ ref('fct_population_balance_monthly') }}
where
    state = '已比较'
    and persons_before + entered - exited + moved_in - moved_out + relocated_in - relocated_out <> persons
