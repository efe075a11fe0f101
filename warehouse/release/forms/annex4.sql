-- A row per township: what the month's figures say, each under its column. Where no rule that would find a case is
-- in the catalogue, the cell stays open: nothing was counted.
with known as (
    select distinct form_words.parameter
    from form_words
    inner join dim_rule on form_words.word = dim_rule.rule_id
),

places as (
    select
        township,
        max(case when figure_id = 'class_persons:最低生活保障对象' then value end) as dibao_persons,
        max(case when figure_id = 'annex4_listed_households' then value end) as dibao_listed_households,
        max(case when figure_id = 'annex4_to_adjust' then value end) as to_adjust,
        max(case when figure_id = 'annex4_to_adjust_households' then value end) as to_adjust_households,
        max(case when figure_id = 'annex4_to_include' then value end) as to_include,
        max(case when figure_id = 'annex4_to_complete' then value end) as to_complete
    from figures
    where township <> '全县'
    group by township
)

select
    township,
    coalesce(dibao_persons, 0)::BIGINT as dibao_persons,
    coalesce(dibao_listed_households, 0)::BIGINT as dibao_listed_households,
    case when exists (select 1 from known where parameter = 'forms.annex4_adjust_rules') then coalesce(to_adjust, 0) end
        as to_adjust,
    case
        when exists (select 1 from known where parameter = 'forms.annex4_include_rules')
            then coalesce(to_include, 0)::BIGINT
    end as to_include,
    case
        when exists (select 1 from known where parameter = 'forms.annex4_complete_rules')
            then coalesce(to_complete, 0)::BIGINT
    end as to_complete,
    case when to_adjust_households > 0 then '补差调整涉及 ' || to_adjust_households::BIGINT || ' 户' end as remark
from places
where
    coalesce(dibao_persons, 0) + coalesce(to_adjust_households, 0) + coalesce(to_include, 0) + coalesce(to_complete, 0) > 0
order by township
