-- One set of figures: every form, report and page reads these and counts nothing itself. A figure has a part (a
-- class, a change, an agency) and a detail (a reason, a state) where it is broken down, and stands once for the
-- county (township NULL) and once for each township. Persons and households are counted once, however many rows.
with placed as (
    select
        person_id,
        household_id,
        class,
        coalesce(nullif(trim(township), ''), '未写明乡镇') as township
    from fct_population_monthly
),

supported as (
    select * from placed
    where class in (select word from form_words where parameter = 'forms.supported_classes')
),

population as (
    select
        'class_persons' as figure,
        class as part,
        null as detail,
        township,
        count(distinct person_id) as value,
        '人' as unit
    from placed group by class, grouping sets ((township), ())
    union all
    select 'class_households', class, null, township, count(distinct household_id), '户'
    from placed group by class, grouping sets ((township), ())
    union all
    select 'low_income_persons', null, null, township, count(distinct person_id), '人'
    from placed group by grouping sets ((township), ())
    union all
    select 'low_income_households', null, null, township, count(distinct household_id), '户'
    from placed group by grouping sets ((township), ())
    union all
    select 'supported_persons', null, null, township, count(distinct person_id), '人'
    from supported group by grouping sets ((township), ())
),

dibao as (
    select * from placed
    where class in (select word from form_words where parameter = 'forms.dibao_classes')
),

listed_households as (
    select distinct household_id from fct_population_monthly
    where source_feed = 'rural_monitoring' and household_id is not null
    union
    -- Who stands on both lists has a row of the roster only.
    select distinct household_id from hamlets
),

annex as (
    select 'dibao_persons' as figure, null as part, null as detail, township, count(distinct person_id) as value, '人' as unit
    from dibao group by grouping sets ((township), ())
    union all
    select 'dibao_listed_households', null, null, township, count(distinct household_id), '户'
    from dibao where household_id in (select household_id from listed_households)
    group by grouping sets ((township), ())
),

warned as (
    select
        rule_id,
        status,
        grade,
        coalesce(household_id, person_id, warning_id) as household,
        amount,
        coalesce(nullif(trim(township), ''), '未写明乡镇') as township
    from fct_warning_monthly
),

listed as (
    select
        warned.*,
        form_words.parameter
    from warned
    inner join form_words on warned.rule_id = form_words.word
    where warned.status = 'listed'
),

warnings as (
    select 'warnings' as figure, rule_id as part, status as detail, township, count(*) as value, '条' as unit
    from warned group by rule_id, status, grouping sets ((township), ())
    union all
    select 'warnings_listed', null, null, township, count(*), '条'
    from warned where status = 'listed' group by grouping sets ((township), ())
    union all
    select 'to_adjust', null, null, township, sum(amount), '元/月'
    from listed where parameter = 'forms.annex4_adjust_rules' group by grouping sets ((township), ())
    union all
    select 'to_adjust_households', null, null, township, count(distinct household), '户'
    from listed where parameter = 'forms.annex4_adjust_rules' group by grouping sets ((township), ())
    union all
    select 'to_include', null, null, township, count(distinct household), '户'
    from listed where parameter = 'forms.annex4_include_rules' group by grouping sets ((township), ())
    union all
    select 'to_complete', null, null, township, count(distinct household), '户'
    from listed where parameter = 'forms.annex4_complete_rules' group by grouping sets ((township), ())
),

changed as (
    select
        change,
        coalesce(category, '未写明') as category,
        person_id,
        case change when '退出' then from_class else coalesce(to_class, class) end as class,
        coalesce(nullif(trim(township), ''), '未写明乡镇') as township
    from fct_population_change_monthly
),

changes as (
    select 'changes' as figure, change as part, category as detail, township, count(distinct person_id) as value, '人' as unit
    from changed group by change, category, grouping sets ((township), ())
    union all
    select 'changes_by_class', change, class, township, count(distinct person_id), '人'
    from changed group by change, class, grouping sets ((township), ())
    union all
    select 'natural_reduction', null, null, township, count(distinct person_id), '人'
    from changed where change = '退出' and category in (select word from form_words where parameter = 'forms.death_categories')
    group by grouping sets ((township), ())
),

recorded as (
    select
        household_id,
        coalesce(nullif(trim(township), ''), '未写明乡镇') as township
    from fct_record_register_monthly
),

referred as (
    select
        referral_id,
        agency,
        state,
        coalesce(nullif(trim(township), ''), '未写明乡镇') as township
    from fct_referral_monthly
),

registers as (
    select 'record_households' as figure, null as part, null as detail, township, count(distinct household_id) as value, '户' as unit
    from recorded group by grouping sets ((township), ())
    union all
    select 'referrals', agency, state, township, count(distinct referral_id), '件'
    from referred group by agency, state, grouping sets ((township), ())
),

money as (
    select 'approved' as figure, aid_type as part, null as detail, township, sum(approved) as value, '元' as unit
    from fct_payment_summary_monthly group by aid_type, grouping sets ((township), ())
    union all
    select 'paid', aid_type, null, township, sum(paid), '元'
    from fct_payment_summary_monthly group by aid_type, grouping sets ((township), ())
    union all
    select 'paid', null, null, township, sum(paid), '元'
    from fct_payment_summary_monthly group by grouping sets ((township), ())
),

lists as (
    select 'coverage' as figure, direction as part, case direction when '名单→救助' then roster_class else list_class end as detail,
        township, sum(persons) as value, '人' as unit
    from fct_coverage_monthly group by 2, 3, grouping sets ((township), ())
    union all
    select 'looked_households', null, null, township, sum(households_looked), '户'
    from fct_village_coverage_monthly group by grouping sets ((township), ())
    union all
    select 'due_households', null, null, township, sum(households_due), '户'
    from fct_village_coverage_monthly group by grouping sets ((township), ())
    union all
    select 'tekun_persons', coalesce(care, '未写明'), null, township, count(distinct person_id), '人'
    from fct_tekun_monthly group by 2, grouping sets ((township), ())
    union all
    select 'alarms', null, null, township, count(*), '起'
    from fct_alarm_monthly group by grouping sets ((township), ())
),

everything as (
    select * from population
    union all
    select * from annex
    union all
    select * from warnings
    union all
    select * from changes
    union all
    select * from registers
    union all
    select * from money
    union all
    select * from lists
)

select
    figure,
    part,
    detail,
    township,
    value::DECIMAL(18, 2) as value,
    unit
from everything
-- A grand total over nothing is not a figure.
where value is not null
order by all
