-- C02 a rural case of 低保 or 特困 of which nobody, nor anybody of the household, is on the rural list (R035, the
-- way back of C01). It counts cases; the warning carries the head.
with
roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and case_no is not null
),

named_heads as (
    select * from {{ ref('stg_assistance_roster__heads') }}
    where case_no is not null
),

rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
    where person_id is not null
),

households as (
    select * from {{ ref('int_households__formed') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

aids as (
    {{ policy_words('basic_aids') }}
),

members as (
    select
        roster.*,
        deaths.person_id is not null as is_recorded_dead
    from roster
    inner join aids on roster.aid_type = aids.word
    left join deaths on roster.person_id = deaths.person_id
),

cases as (
    select
        case_no,
        min(aid_type) as aid_type,
        min(township) as township,
        min(village) as village,
        coalesce(bool_or(place_kind = '农村'), false) as is_rural,
        bool_and(place_kind is null) as is_place_unknown,
        count(*) as rows_used,
        count(distinct person_id) as members,
        bool_and(is_recorded_dead) as are_all_dead,
        bool_and(is_link_certain) as is_link_certain,
        string_agg(distinct concat('assistance_roster/', file), ';' order by concat('assistance_roster/', file)) as origins
    from members
    group by case_no
),

claims as (
    -- The head as the case names him, else whom the rows call head or applicant, else the first.
    select
        case_no,
        person_id,
        case when is_link_certain then 0 else 3 end as place
    from named_heads
    union all
    select
        case_no,
        person_id,
        case relation when '02' then 1 when '01' then 2 else 4 end as place
    from members
    where person_id is not null
),

heads as (
    select
        case_no,
        min_by(person_id, concat(place, person_id)) as person_id
    from claims
    group by case_no
),

people as (
    -- Everybody of the case and of the households that its people belong to.
    select distinct
        claims.case_no,
        claims.person_id
    from claims
    union
    select distinct
        claims.case_no,
        others.person_id
    from claims
    inner join households on claims.person_id = households.person_id
    inner join households as others on households.household_id = others.household_id
),

listed as (
    select
        person_id,
        bool_or(is_link_certain) as is_link_certain
    from rural
    group by person_id
),

covered as (
    select
        people.case_no,
        count(*) as listed_people,
        bool_or(listed.is_link_certain) as is_surely_listed
    from people
    inner join listed on people.person_id = listed.person_id
    group by people.case_no
),

judged as (
    select
        cases.*,
        heads.person_id,
        coalesce(covered.listed_people, 0) as listed_people,
        coalesce(covered.is_surely_listed, false) as is_surely_listed,
        cases.is_rural and covered.case_no is null and not cases.are_all_dead and cases.members > 0 as is_raised
    from cases
    inner join heads on cases.case_no = heads.case_no
    left join covered on cases.case_no = covered.case_no
    where cases.is_rural or cases.is_place_unknown
),

told as (
    select
        *,
        case_no as subject,
        'on the roster, nobody on the rural list' as cause,
        case
            when is_raised then null
            when listed_people > 0 and is_surely_listed then null
            when listed_people > 0 then '乡村振兴名单上同户人员身份待核'
            when are_all_dead then '登记死亡'
            when is_place_unknown then '未写明城乡'
        end as unassessed_reason,
        case when is_link_certain then '疑似' else '提示' end as grade,
        null as amount,
        aid_type as fingerprint,
        '拟请乡村振兴部门核实纳入监测' as proposed,
        concat(
            '农村', aid_type, '，救助证 ', members, ' 人，本证和同户都不在脱贫户与防返贫监测名单；', proposed, '。'
        ) as told
    from judged
)

{{ finding(
    'C02',
    values=['case_no', ['aid', 'aid_type'], ['case_members', 'members'], 'listed_people'],
    rows=[['assistance_roster', 'rows_used']],
    files='origins',
    links=[['roster', 'is_link_certain']],
) }}
