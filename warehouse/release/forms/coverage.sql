-- The county first, then each township. The subject of a direction stands before what covers it.
select
    coalesce(township, ' 全市') as township,
    direction,
    case direction when '名单→救助' then list_class else roster_class end as subject,
    case direction when '名单→救助' then roster_class else list_class end as cover,
    sum(households)::BIGINT as households,
    sum(persons)::BIGINT as persons,
    sum(persons_before)::BIGINT as persons_before,
    sum(persons_change)::BIGINT as persons_change
from fct_coverage_monthly
group by direction, list_class, roster_class, grouping sets ((township), ())
order by 1, direction, subject, cover in ('未覆盖', '未链接', '待核'), cover
