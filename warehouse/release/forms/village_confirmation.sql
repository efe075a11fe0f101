-- Everybody on 低保 or 特困 this month, and everybody who left them, village by village and group by group.
with supported as (
    select
        person_id,
        max(household_id) as household_id,
        max(township) as township,
        max(village) as village,
        string_agg(distinct class, '、' order by class) as class
    from fct_population_monthly
    where class in (select word from form_words where parameter = 'forms.supported_classes')
    group by person_id
),

gone as (
    select
        person_id,
        max(household_id) as household_id,
        max(township) as township,
        max(village) as village,
        string_agg(distinct from_class, '、' order by from_class) as class,
        '本月退出：' || string_agg(distinct category, '、' order by category) as change
    from fct_population_change_monthly
    where
        change = '退出'
        and from_class in (select word from form_words where parameter = 'forms.supported_classes')
        and person_id not in (select person_id from supported)
    group by person_id
),

arrivals as (
    select
        person_id,
        case when change = '转类' then '转类：原' || from_class else '本月新增：' || category end as change
    from fct_population_change_monthly
    where
        change in ('新增', '转类')
        and class in (select word from form_words where parameter = 'forms.supported_classes')
),

came as (
    select
        person_id,
        string_agg(distinct change, '；' order by change) as change
    from arrivals
    group by person_id
),

everyone as (
    select
        supported.*,
        came.change
    from supported
    left join came on supported.person_id = came.person_id
    union all by name
    select * from gone
)

select
    coalesce(nullif(trim(everyone.township), ''), '未写明乡镇') as township,
    coalesce(nullif(trim(everyone.village), ''), '未写明村') as village,
    coalesce(hamlets.hamlet, '未写明组') as hamlet,
    head.name as head_name,
    person.name,
    person.id_no,
    everyone.class,
    concat_ws('；',
        coalesce(everyone.change, '在册'),
        case when person.died_on is not null then '登记死亡 ' || person.died_on || '，请核对' end
    ) as change
from everyone
left join dim_person as person on everyone.person_id = person.person_id
left join dim_household as household on everyone.household_id = household.household_id
left join dim_person as head on household.head_person_id = head.person_id
left join hamlets on everyone.household_id = hamlets.household_id
order by
    township,
    village,
    hamlet = '未写明组',
    hamlet,
    everyone.household_id,
    household.head_person_id is distinct from everyone.person_id,
    person.birth_date,
    everyone.person_id
