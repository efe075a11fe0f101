-- One set of figures for every form, report and page (R083 to R086, R089): what a figure is stands beside it, each
-- township and the county (全县). A figure nobody can give this month is NULL, never nought.
with
figures as (
    select * from {{ ref('report_figures') }}
),

population as (
    select * from {{ ref('fct_population_monthly') }}
),

households as (
    select * from {{ ref('dim_household') }}
),

classes as (
    select * from {{ ref('class_crosswalk') }}
    where feed = 'assistance_roster'
),

changes as (
    select * from {{ ref('fct_population_change_monthly') }}
),

balances as (
    select * from {{ ref('fct_population_balance_monthly') }}
),

coverage as (
    select * from {{ ref('int_coverage__listed') }}
),

payments as (
    select * from {{ ref('fct_payment_summary_monthly') }}
),

tekun as (
    select * from {{ ref('fct_tekun_monthly') }}
),

warnings as (
    select * from {{ ref('fct_warning_monthly') }}
),

rules as (
    select * from {{ ref('dim_rule') }}
),

assessments as (
    select * from {{ ref('fct_assessment_monthly') }}
),

past as (
    select * from {{ source('lake', 'warnings_past') }}
    where status = 'listed'
),

open_items as (
    select * from {{ ref('fct_open_item_monthly') }}
),

settled as (
    select * from {{ ref('int_answers__settled') }}
),

dispositions as (
    select * from {{ source('lake', 'dispositions') }}
    where warning_id is not null
),

records as (
    select * from {{ ref('fct_record_register_monthly') }}
),

referrals as (
    select * from {{ ref('fct_referral_monthly') }}
),

villages as (
    select * from {{ ref('fct_village_coverage_monthly') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

basic_aids as (
    {{ policy_words('basic_aids') }}
),

persons as (
    -- A person in two townships' lists counts once, under the first.
    select
        person_id,
        min(coalesce(township, '未写明乡镇')) as township,
        min(household_id) as household_id
    from population
    group by person_id
),

homes as (
    select distinct
        persons.household_id,
        coalesce(households.township, '未写明乡镇') as township
    from persons
    inner join households on persons.household_id = households.household_id
),

answered as (
    select distinct warning_id from dispositions
),

due as (
    -- One warning is one, on however many lists it stood, and it stands where it stood last. What is open is not
    -- settled, though a village answered it once: its evidence changed.
    select
        past.warning_id,
        coalesce(max(nullif(trim(open_items.township), '')), max_by(past.township, past.month), '未写明乡镇') as township,
        bool_or(open_items.warning_id is not null) as is_open
    from past
    left join open_items on past.warning_id = open_items.warning_id
    group by past.warning_id
),

ended as (
    select
        due.warning_id,
        due.township,
        settled.warning_id is not null as is_settled,
        coalesce(settled.is_found, false) as is_found,
        coalesce(settled.is_aided, false) as is_aided
    from due
    left join settled on due.warning_id = settled.warning_id
    where not due.is_open
),

additive as (
    select
        'population_persons' as figure_id,
        township,
        cast(count(*) as decimal(18, 2)) as value
    from persons
    group by township
    union all
    select
        'population_households' as figure_id,
        township,
        count(*) as value
    from homes
    group by township
    union all
    select
        concat('class_persons:', class) as figure_id,
        coalesce(township, '未写明乡镇') as township,
        count(distinct person_id) as value
    from population
    group by class, township
    union all
    select
        concat('cases:', aid_type) as figure_id,
        township,
        sum(cases) as value
    from payments
    group by aid_type, township
    union all
    select
        concat('persons_place:', word, ':', place_kind) as figure_id,
        coalesce(township, '未写明乡镇') as township,
        count(*) as value
    from population
    where source_feed = 'assistance_roster' and place_kind is not null
    group by word, place_kind, township
    union all
    select
        case care when '集中' then 'tekun_housed' else 'tekun_scattered' end as figure_id,
        township,
        count(*) as value
    from tekun
    where care in ('集中', '分散')
    group by care, township
    union all
    select
        'tekun_place_look' as figure_id,
        township,
        count(*) as value
    from tekun
    where needs_place_look and care = '分散'
    group by township
    union all
    select
        concat('entered:', classes.word) as figure_id,
        balances.township,
        sum(balances.entered + balances.moved_in) as value
    from balances
    inner join classes on balances.class = classes.class
    where balances.state = '已比较'
    group by classes.word, balances.township
    union all
    select
        concat('exited:', classes.word) as figure_id,
        balances.township,
        sum(balances.exited + balances.moved_out) as value
    from balances
    inner join classes on balances.class = classes.class
    where balances.state = '已比较'
    group by classes.word, balances.township
    union all
    select
        'natural_reduction' as figure_id,
        coalesce(from_township, '未写明乡镇') as township,
        count(*) as value
    from changes
    where change = '退出' and category = '死亡'
    group by from_township
    union all
    select
        'exits_unexplained' as figure_id,
        coalesce(from_township, '未写明乡镇') as township,
        count(*) as value
    from changes
    where category = '不再列名（原因不明）'
    group by from_township
    union all
    select
        'uncovered_monitored' as figure_id,
        coalesce(coverage.township, '未写明乡镇') as township,
        count(*) as value
    from coverage
    inner join population
        on coverage.person_id = population.person_id and population.source_feed = 'rural_monitoring'
    where coverage.direction = '名单→救助' and coverage.covered_by = '未覆盖'
    group by coverage.township
    union all
    select
        'unlisted_rostered' as figure_id,
        coalesce(township, '未写明乡镇') as township,
        count(*) as value
    from coverage
    inner join basic_aids on coverage.word = basic_aids.word
    where direction = '救助→名单' and covered_by = '未覆盖'
    group by township
    union all
    select
        'coverage_doubtful' as figure_id,
        coalesce(township, '未写明乡镇') as township,
        count(*) as value
    from coverage
    where covered_by in ('未链接', '待核')
    group by township
    union all
    select
        concat('paid_cases:', aid_type) as figure_id,
        township,
        sum(cases_paid) as value
    from payments
    group by aid_type, township
    union all
    select
        concat('paid_amount:', aid_type) as figure_id,
        township,
        sum(paid) as value
    from payments
    group by aid_type, township
    union all
    select
        concat('approved_amount:', aid_type) as figure_id,
        township,
        sum(approved) as value
    from payments
    group by aid_type, township
    union all
    select
        'warnings_raised' as figure_id,
        coalesce(township, '未写明乡镇') as township,
        count(*) as value
    from warnings
    group by township
    union all
    select
        'warnings_listed' as figure_id,
        coalesce(township, '未写明乡镇') as township,
        count(*) as value
    from warnings
    where status = 'listed'
    group by township
    union all
    select
        case rules.kind when '错保' then 'warnings_leak' else 'warnings_gap' end as figure_id,
        coalesce(warnings.township, '未写明乡镇') as township,
        count(*) as value
    from warnings
    inner join rules on warnings.rule_id = rules.rule_id
    where rules.kind in ('错保', '漏保')
    group by rules.kind, warnings.township
    union all
    select
        'not_assessed' as figure_id,
        township,
        sum(not_assessed) as value
    from assessments
    group by township
    union all
    select
        'answers_due' as figure_id,
        township,
        count(*) as value
    from due
    group by township
    union all
    select
        'answers_given' as figure_id,
        due.township,
        count(*) as value
    from due
    inner join answered on due.warning_id = answered.warning_id
    group by due.township
    union all
    select
        'answers_open' as figure_id,
        township,
        count(*) as value
    from due
    where is_open
    group by township
    union all
    select
        case when is_settled then 'answers_settled' else 'answers_along' end as figure_id,
        township,
        count(*) as value
    from ended
    group by is_settled, township
    union all
    select
        'answers_found' as figure_id,
        township,
        count(*) as value
    from ended
    where is_found
    group by township
    union all
    select
        'answers_aided' as figure_id,
        township,
        count(*) as value
    from ended
    where is_found and is_aided
    group by township
    union all
    select
        'records_open' as figure_id,
        township,
        count(*) as value
    from records
    group by township
    union all
    select
        'records_due' as figure_id,
        township,
        count(*) as value
    from records
    where is_due
    group by township
    union all
    select
        'referrals_open' as figure_id,
        township,
        count(*) as value
    from referrals
    where state in ('待核实', '待转介（已核实）')
    group by township
),

parts as (
    -- What a rate is made of, by township.
    select
        'tekun_housed_rate' as figure_id,
        township,
        count(*) filter (where care = '集中') as upper,
        count(*) filter (where care in ('集中', '分散')) as lower
    from tekun
    group by township
    union all
    select
        'village_share_looked' as figure_id,
        township,
        sum(households_looked) as upper,
        sum(households_due) as lower
    from villages
    group by township
),

rates as (
    select
        figure_id,
        coalesce(township, '全县') as township,
        cast(100.0 * sum(upper) / nullif(sum(lower), 0) as decimal(18, 2)) as value
    from parts
    group by grouping sets ((figure_id, township), (figure_id))
),

totals as (
    select
        figure_id,
        coalesce(township, '全县') as township,
        sum(value) as value
    from additive
    group by grouping sets ((figure_id, township), (figure_id))
),

known as (
    select * from totals
    union all
    select * from rates
),

places as (
    select distinct township from known
    union
    select '全县' as township
),

feeds as (
    select * from {{ source('lake', 'feeds') }}
),

needed as (
    select
        figure_id,
        unnest(string_split(needs_feeds, ';')) as feed
    from figures
    where needs_feeds is not null
),

unfed as (
    -- A figure whose feed did not come this month is not nought: nobody can say it.
    select distinct needed.figure_id
    from needed
    inner join feeds on needed.feed = feeds.feed
    where not feeds.came
),

silent as (
    -- Entries and exits of a first month are not nought: nothing was there to compare with.
    select coalesce(bool_and(state <> '已比较'), true) as is_first from balances
)

select
    figures.figure_id,
    places.township,
    figures.title,
    cast(
        case
            when unfed.figure_id is not null then null
            when known.value is not null then known.value
            when figures.is_total = 'no' then null
            when figures.requirement like '%R086%' and silent.is_first then null
            else 0
        end as decimal(18, 2)
    ) as value,
    figures.unit,
    figures.definition,
    figures.requirement
from figures
cross join places
cross join silent
left join known on figures.figure_id = known.figure_id and places.township = known.township
left join unfed on figures.figure_id = unfed.figure_id
