-- The lines in force for this region on the last day of the month; a region's own line beats '*'. The same
-- choice as warehouse.policy.load makes, so that SQL and Python never follow two rules.
with
lines as (
    select * from {{ source('lake', 'policy_lines') }}
),

holding as (
    select
        *,
        row_number() over (
            partition by parameter
            order by case when region = '*' then 1 else 0 end, valid_from desc
        ) as place
    from lines
    where
        region in ('*', '{{ var("region") }}')
        and valid_from <= {{ last_day_of_month() }}
        and (valid_to is null or valid_to >= {{ last_day_of_month() }})
)

select
    parameter,
    region,
    nullif(value, '') as value,
    try_cast(value as decimal(18, 4)) as number,
    unit,
    document,
    status,
    reference
from holding
where place = 1
