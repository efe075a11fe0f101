-- The county's figure is the sum of its townships', for every figure that may be summed.
with
figures as (
    select * from {{ ref('report_figures') }}
    where is_total = 'yes'
)

select
    told.figure_id,
    sum(case when told.township = '全县' then told.value else 0 end) as county,
    sum(case when told.township <> '全县' then told.value else 0 end) as townships
from {{ ref('fct_report_figures_monthly') }} as told
inner join figures on told.figure_id = figures.figure_id
group by told.figure_id
having sum(case when told.township = '全县' then told.value else -told.value end) <> 0
