-- What the forms need beside the mart of figures: the columns of 附件4, counted as policy says, and the alarms. Each
-- stands once for the county (全县) and once for each township, as the mart's do.
with dibao as (
    select
        person_id,
        household_id,
        coalesce(nullif(trim(township), ''), '未写明乡镇') as township
    from fct_population_monthly
    where class in (select word from form_words where parameter = 'forms.dibao_classes')
),

listed as (
    select
        coalesce(warning.household_id, warning.person_id, warning.warning_id) as household,
        warning.amount,
        warning.proposed,
        coalesce(nullif(trim(warning.township), ''), '未写明乡镇') as township,
        form_words.parameter
    from fct_warning_monthly as warning
    inner join form_words on warning.rule_id = form_words.word
    where warning.status = 'listed'
),

-- Only what proposes another 补差 is one: other findings of the same rules carry a year's income or a wrong payment.
-- Two rules may find one household's difference; it is adjusted once.
adjusted as (
    select
        listed.household,
        listed.township,
        max(listed.amount) as amount
    from listed
    inner join form_words on form_words.parameter = 'forms.annex4_adjust_words' and contains(listed.proposed, form_words.word)
    where listed.parameter = 'forms.annex4_adjust_rules'
    group by listed.household, listed.township
),

counted as (
    select 'annex4_listed_households' as figure_id, township, count(distinct household_id) as value
    from dibao
    -- A household that the rural list names too is one that was registered as poor.
    where household_id in (select household_id from rural_households)
    group by grouping sets ((township), ())
    union all
    select 'annex4_to_adjust' as figure_id, township, sum(amount) as value
    from adjusted
    group by grouping sets ((township), ())
    union all
    select 'annex4_to_adjust_households' as figure_id, township, count(distinct household) as value
    from adjusted
    group by grouping sets ((township), ())
    union all
    select 'annex4_to_include' as figure_id, township, count(distinct household) as value
    from listed
    where parameter = 'forms.annex4_include_rules'
    group by grouping sets ((township), ())
    union all
    select 'annex4_to_complete' as figure_id, township, count(distinct household) as value
    from listed
    where parameter = 'forms.annex4_complete_rules'
    group by grouping sets ((township), ())
    union all
    select 'alarms' as figure_id, township, count(*) as value
    from fct_alarm_monthly
    group by grouping sets ((township), ())
),

named (figure_id, title, unit, definition) as (
    values
    ('annex4_listed_households', '建卡贫困户兜底户数', '户', '低保对象中，本户也在防返贫（建档立卡）名单上的户'),
    ('annex4_to_adjust', '拟调整补差金额', '元/月', '列入清单、建议调增或调减补差的户，每户每月相差金额合计'),
    ('annex4_to_adjust_households', '拟调整补差户', '户', '列入清单、建议调增或调减补差的户'),
    ('annex4_to_include', '拟整户纳入', '户', '列入清单的拟纳入类预警涉及的户'),
    ('annex4_to_complete', '拟完善资料', '户', '列入清单的资料核对类预警涉及的户'),
    ('alarms', '成片警示', '起', '一村同一原因预警集中')
)

select
    figure_id,
    township,
    title,
    value,
    unit,
    definition
from fct_report_figures_monthly
union all
select
    counted.figure_id,
    coalesce(counted.township, '全县') as township,
    named.title,
    cast(counted.value as decimal(18, 2)) as value,
    named.unit,
    named.definition
from counted
inner join named on counted.figure_id = named.figure_id
order by figure_id, township
