select
    case when township is null or township = '全市' then ' 全市' else township end as township,
    direction,
    list_class,
    roster_class,
    households,
    persons,
    persons_before,
    persons_change
from fct_coverage_monthly
order by township, direction, list_class, roster_class = '未覆盖', roster_class
