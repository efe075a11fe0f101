-- Per rule and township: how many were in scope, how many could be assessed, and why not the others. A rule
-- with nobody in scope has its row too, or silence would look like "all is well".
with
assessed as (
    select
        *,
        coalesce(township, '未写明乡镇') as place
    from {{ ref('int_rules__assessed') }}
),

readied as (
    select * from {{ ref('int_rules__readied') }}
),

places as (
    select distinct coalesce(township, '未写明乡镇') as place from {{ ref('int_persons__described') }}
    union
    select place from assessed
),

counted as (
    select
        rule_id,
        place,
        count(*) as in_scope,
        count(*) filter (where unassessed_reason is null) as assessed,
        count(*) filter (where unassessed_reason is not null) as not_assessed
    from assessed
    group by rule_id, place
),

reasons as (
    select
        rule_id,
        place,
        string_agg(concat(unassessed_reason, ' ', persons, ' 个'), '；' order by unassessed_reason) as reason
    from (
        select
            rule_id,
            place,
            unassessed_reason,
            count(*) as persons
        from assessed
        where unassessed_reason is not null
        group by rule_id, place, unassessed_reason
    ) as by_reason
    group by rule_id, place
)

select
    readied.rule_id,
    places.place as township,
    coalesce(counted.in_scope, 0) as in_scope,
    coalesce(counted.assessed, 0) as assessed,
    coalesce(counted.not_assessed, 0) as not_assessed,
    case
        when readied.blocked_reason is not null then readied.blocked_reason
        when reasons.reason is not null
            then concat('未评估：', reasons.reason, case when readied.thin_reason is not null then concat('；', readied.thin_reason) else '' end)
        else readied.thin_reason
    end as reason
from readied
cross join places
left join counted on readied.rule_id = counted.rule_id and places.place = counted.place
left join reasons on readied.rule_id = reasons.rule_id and places.place = reasons.place
