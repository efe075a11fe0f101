-- The two lists against each other, by township, with the change against the month before (R030, R035). Persons
-- stand under their own cover, 同户覆盖 where only somebody else of the household is covered; households under the
-- best cover of anybody in them. 未链接 and 待核 are counted apart: they are not 未覆盖.
with
listed as (
    select * from {{ ref('int_coverage__listed') }}
),

before as (
    select * from {{ source('lake', 'coverage_before') }}
),

persons as (
    select
        direction,
        word,
        covered_by,
        coalesce(township, '未写明乡镇') as township,
        count(*) as persons,
        0 as households
    from listed
    group by direction, word, covered_by, coalesce(township, '未写明乡镇')
),

homes as (
    -- A household counts once per direction, under its first class and by the surest that is known of its cover.
    select
        direction,
        household_id,
        min_by(word, concat(lpad(cast(precedence as varchar), 2, '0'), word)) as word,
        min_by(
            household_covered_by,
            concat(case household_covered_by when '未链接' then '3' when '待核' then '2' when '未覆盖' then '1' when '不适用（城市）' then '1' else '0' end, household_covered_by)
        ) as covered_by,
        min(coalesce(township, '未写明乡镇')) as township
    from listed
    group by direction, household_id
),

households as (
    select
        direction,
        word,
        covered_by,
        township,
        0 as persons,
        count(*) as households
    from homes
    group by direction, word, covered_by, township
),

cells as (
    select
        direction,
        case direction when '名单→救助' then word else covered_by end as list_class,
        case direction when '名单→救助' then covered_by else word end as roster_class,
        township,
        cast(sum(persons) as bigint) as persons,
        cast(sum(households) as bigint) as households
    from (
        select * from persons
        union all
        select * from households
    ) as counted
    group by direction, word, covered_by, township
),

has_before as (
    select count(*) > 0 as is_known from before
)

select
    coalesce(cells.direction, before.direction) as direction,
    coalesce(cells.list_class, before.list_class) as list_class,
    coalesce(cells.roster_class, before.roster_class) as roster_class,
    coalesce(cells.township, before.township) as township,
    coalesce(cells.persons, 0) as persons,
    coalesce(cells.households, 0) as households,
    case when has_before.is_known then coalesce(before.persons, 0) end as persons_before,
    case when has_before.is_known then coalesce(cells.persons, 0) - coalesce(before.persons, 0) end as persons_change,
    case when has_before.is_known then coalesce(before.households, 0) end as households_before,
    case when has_before.is_known then coalesce(cells.households, 0) - coalesce(before.households, 0) end as households_change
from cells
full outer join before
    on
        cells.direction = before.direction
        and cells.list_class = before.list_class
        and cells.roster_class = before.roster_class
        and cells.township = before.township
cross join has_before
-- A cell that was empty last month already is not carried on.
where cells.direction is not null or before.persons > 0 or before.households > 0
