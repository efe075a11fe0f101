-- Those who left a roster by death this month, then those recorded dead whom a warning finds still on one or paid.
with left_by_death as (
    select
        person_id,
        township,
        village,
        string_agg(distinct from_class, '、' order by from_class) as from_class,
        '已退出（' || max(effective_month) || '）' as standing
    from fct_population_change_monthly
    where change = '退出' and category = '死亡'
    group by person_id, township, village
),

still_there as (
    select
        person_id,
        max(township) as township,
        max(village) as village,
        max(case when rule_id = 'D01' then amount end) as overpaid,
        case when bool_or(rule_id = 'D02') then '登记死亡仍在册，待核实' else '登记死亡后仍发放，待核实' end as standing
    from fct_warning_monthly
    where rule_id in ('D01', 'D02') and status = 'listed'
    group by person_id
),

classed as (
    select
        person_id,
        string_agg(distinct class, '、' order by class) as class
    from fct_population_monthly
    group by person_id
),

everyone as (
    select
        coalesce(left_by_death.person_id, still_there.person_id) as person_id,
        coalesce(left_by_death.township, still_there.township) as township,
        coalesce(left_by_death.village, still_there.village) as village,
        left_by_death.from_class,
        coalesce(left_by_death.standing, still_there.standing) as standing,
        still_there.overpaid
    from left_by_death
    full join still_there on left_by_death.person_id = still_there.person_id
)

select
    coalesce(nullif(trim(everyone.township), ''), '未写明乡镇') as township,
    coalesce(nullif(trim(everyone.village), ''), '未写明村') as village,
    person.name,
    person.id_no,
    coalesce(everyone.from_class, classed.class) as from_class,
    person.died_on,
    case
        when person.death_sources > 1 then person.death_sources || ' 个来源一致'
        when person.death_sources = 1 then '1 个来源，须核实'
        else '村级答复'
    end as sources,
    everyone.standing,
    everyone.overpaid
from everyone
left join dim_person as person on everyone.person_id = person.person_id
left join classed on everyone.person_id = classed.person_id
order by township, village, person.name, everyone.person_id
