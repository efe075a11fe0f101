-- The county first, then each township: entries, exits and moves of the period by class and category.
with counted as (
    select
        coalesce(nullif(trim(township), ''), '未写明乡镇') as township,
        change,
        case
            when change = '转类' then coalesce(from_class, '') || '→' || coalesce(to_class, '')
            when change = '退出' then coalesce(from_class, class)
            else coalesce(to_class, class)
        end as class,
        coalesce(category, '未写明') as category,
        person_id,
        effective_month
    from changes_in_period
),

summed as (
    select
        coalesce(township, ' 全市') as township,
        change,
        class,
        category,
        count(distinct (person_id, effective_month)) as persons
    from counted
    group by change, class, category, grouping sets ((township), ())
)

select
    township,
    change,
    class,
    category,
    persons,
    round(100.0 * persons / sum(persons) over (partition by township, change), 2) as share
from summed
order by township, case change when '新增' then 1 when '退出' then 2 else 3 end, class, persons desc, category
