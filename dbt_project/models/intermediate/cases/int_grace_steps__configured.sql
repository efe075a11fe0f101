-- The region's grace as steps: 100:3;50:3 is three months at the whole amount, then three at half. Months are
-- counted from 0, the month in which the grace begins.
with
policy as (
    select * from {{ ref('int_policy_in_force') }}
    where parameter = 'grace_schedule' and value is not null
),

parts as (
    select
        unnest(string_split(value, ';')) as part,
        generate_subscripts(string_split(value, ';'), 1) as step
    from policy
),

read_parts as (
    select
        cast(step as integer) as step,
        cast(cast(split_part(part, ':', 1) as decimal(9, 4)) * 0.01 as decimal(9, 6)) as share,
        cast(split_part(part, ':', 2) as integer) as months
    from parts
),

placed as (
    select
        *,
        cast(sum(months) over (order by step) as integer) as until_index,
        cast(sum(months) over () as integer) as length_months
    from read_parts
)

select
    step,
    share,
    months,
    until_index - months as from_index,
    until_index - 1 as to_index,
    length_months,
    -- As an officer reads it: 前 3 个月按原额的 100%、后 3 个月按 50%.
    concat(
        case when months = length_months then '' when step = 1 then '前 ' else '后 ' end,
        months, ' 个月按', case when step = 1 then '原额的 ' else ' ' end,
        regexp_replace(cast(share * 100 as varchar), '[.]?0+$', ''), '%'
    ) as words
from placed
