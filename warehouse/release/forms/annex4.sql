-- A row per township: what the month's figures say, each under its column.
select
    township,
    max(case when figure = 'dibao_persons' then value end)::BIGINT as dibao_persons,
    max(case when figure = 'dibao_listed_households' then value end)::BIGINT as dibao_listed_households,
    max(case when figure = 'to_adjust' then value end) as to_adjust,
    max(case when figure = 'to_include' then value end)::BIGINT as to_include,
    max(case when figure = 'to_complete' then value end)::BIGINT as to_complete,
    case
        when max(case when figure = 'to_adjust_households' then value end) > 0
            then '补差调整涉及 ' || max(case when figure = 'to_adjust_households' then value end)::BIGINT || ' 户'
    end as remark
from figures
where township is not null and part is null
group by township
having max(case when figure in ('dibao_persons', 'dibao_listed_households', 'to_adjust', 'to_include', 'to_complete') then value end) > 0
order by township
