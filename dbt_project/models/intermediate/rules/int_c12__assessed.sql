-- C12 newly registered as unemployed, without unemployment insurance, on neither 低保 nor 特困. The window is so
-- many calendar months ending with this one, so that a registration known by its month alone has its place too.
with
registrations as (
    select * from {{ ref('stg_unemployment__registrations') }}
    where person_id is not null and coalesce(registered_on, {{ last_day_of_month() }}) <= {{ last_day_of_month() }}
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
    where aid_type in ('低保', '特困')
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['unemployment_window_months']) }}
),

bounds as (
    select {{ first_day() }} - to_months(cast(unemployment_window_months as integer) - 1) as window_from
    from limits
    where unemployment_window_months is not null
),

latest as (
    -- The latest registration speaks; of two on one day the one that says whether there is insurance.
    select
        *,
        row_number() over (
            partition by person_id
            order by registered_on desc nulls last, case when insured is null then 1 else 0 end, month desc, file, sheet, row
        ) as place
    from registrations
),

covered as (
    select
        person_id,
        bool_or(is_link_certain) as is_link_certain
    from rostered
    group by person_id
),

judged as (
    select
        latest.*,
        cast(bounds.window_from as date) as window_from,
        covered.person_id is not null as is_covered,
        coalesce(covered.is_link_certain, true) as is_surely_covered,
        deaths.person_id is not null as is_recorded_dead,
        coalesce(latest.registered_on is not null and latest.insured = '否', false)
        and covered.person_id is null
        and deaths.person_id is null as is_raised
    from latest
    inner join bounds on coalesce(latest.registered_on, bounds.window_from) >= bounds.window_from
    left join covered on latest.person_id = covered.person_id
    left join deaths on latest.person_id = deaths.person_id
    where latest.place = 1
),

told as (
    select
        *,
        person_id as subject,
        concat('unemployed since ', coalesce(cast(registered_on as varchar), 'a day unknown')) as cause,
        case
            when is_raised or insured = '是' then null
            when is_recorded_dead then '有死亡登记'
            when is_covered and not is_surely_covered then '在册身份待核'
            when is_covered then null
            when registered_on is null then '登记失业日期不明'
            when insured is null then '是否参加失业保险不明'
        end as unassessed_reason,
        case when is_link_certain then '疑似' else '提示' end as grade,
        cast(null as decimal(18, 2)) as amount,
        concat_ws('|', registered_on, coalesce(migrant, '')) as fingerprint,
        concat(
            registered_on, ' 登记失业', case when migrant = '是' then '（农民工）' else '' end,
            '，未参加失业保险，不在低保、特困花名册；拟评估临时救助或低保。'
        ) as told,
        '评估临时救助或低保，转人社部门就业援助' as proposed
    from judged
)

{{ finding(
    'C12',
    values=[
        ['registered_on', 'cast(registered_on as varchar)'], ['window_from', 'cast(window_from as varchar)'],
        ['window_to', 'cast(' ~ last_day_of_month() ~ ' as varchar)'], 'insured', 'migrant',
    ],
    rows=[['unemployment', '1'], ['assistance_roster', '0']],
    files="concat('unemployment/', file)",
    links=[['unemployment', 'is_link_certain']],
    place=false,
) }}
