-- D02 a person recorded dead before the first day of the month is still on this month's roster.
with
deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

contradicted as (
    select * from {{ ref('int_deaths__contradicted') }}
),

paid as (
    select * from {{ ref('int_person_months__paid') }}
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['death_sources_to_confirm']) }}
),

listed as (
    select
        person_id,
        bool_or(is_link_certain) as is_link_certain,
        min(township) as township,
        min(village) as village,
        string_agg(distinct aid_type, '、' order by aid_type) as aid_types,
        count(distinct case_no) as cases,
        cast(sum(monthly_amount) as decimal(18, 2)) as amount,
        cast(sum(rows_used) as bigint) as rows_used,
        string_agg(distinct origins, ';' order by origins) as origins
    from rostered
    group by person_id
),

shares as (
    -- His share in what his household was paid since: the money of a dead member who collected nothing himself.
    select
        paid.person_id,
        count(distinct paid.pay_month) as months,
        min(paid.pay_month) as first_month,
        max(paid.pay_month) as last_month,
        cast(sum(paid.amount) as decimal(18, 2)) as amount
    from paid
    inner join deaths on paid.person_id = deaths.person_id
    where
        paid.pay_month > {{ month_of('deaths.died_by') }}
        and paid.is_member
        and not paid.is_temporary
    group by paid.person_id
),

judged as (
    select
        listed.*,
        -- A death that may be another's, of a person who surely lived on, is no finding: D03 asks about it.
        coalesce(
            deaths.died_by < {{ first_day() }} and not deaths.is_link_certain and contradicted.is_link_certain, false
        ) as is_anothers,
        coalesce(deaths.died_by < {{ first_day() }}, false) and not is_anothers as is_raised,
        contradicted.person_id is not null as is_contradicted,
        coalesce(
            deaths.sources >= line.death_sources_to_confirm
            and deaths.is_link_certain
            and listed.is_link_certain
            and contradicted.person_id is null,
            false
        ) as is_confirmed,
        deaths.died_by,
        deaths.died_precision,
        deaths.sources,
        deaths.source_feeds,
        deaths.police_rows,
        deaths.cremation_rows,
        deaths.is_link_certain as is_death_link_certain,
        deaths.origins as death_origins,
        coalesce(shares.months, 0) as share_months,
        shares.first_month as share_first_month,
        shares.last_month as share_last_month,
        shares.amount as share_amount
    from listed
    left join deaths on listed.person_id = deaths.person_id
    left join contradicted on listed.person_id = contradicted.person_id
    left join shares on listed.person_id = shares.person_id
    cross join line
),

told as (
    select
        *,
        person_id as subject,
        'on a roster after death' as cause,
        case
            when is_anothers then '死亡记录可能属于他人'
            when not is_raised and not is_link_certain then '身份待核'
        end as unassessed_reason,
        case when is_confirmed then '确认' else '疑似' end as grade,
        concat_ws('|', aid_types, sources, is_contradicted) as fingerprint,
        concat(
            {{ death_words() }}, '，', {{ this_month() }}, ' 仍在', aid_types, '花名册',
            case when amount is not null then concat('，月保障金额 ', {{ yuan('amount') }}, ' 元') else '' end,
            case
                when share_months > 0
                    then concat(
                        '，已收到的发放明细中其户在死亡月份之后领了 ', share_months, ' 个月（', share_first_month,
                        case when share_last_month <> share_first_month then concat(' 至 ', share_last_month) else '' end,
                        '），其中本人份额 ', {{ yuan('share_amount') }}, ' 元'
                    )
                else ''
            end,
            case when is_contradicted then '；但死亡日期之后另有就医或在校记录，先核实是否错登' else '' end,
            '。'
        ) as told,
        case
            when is_contradicted then '先核实是否错登；确已死亡的按程序销册'
            else '核实是否死亡，属实的按程序销册'
        end as proposed
    from judged
)

{{ finding(
    'D02',
    values=[
        ['died_by', 'cast(died_by as varchar)'], 'died_precision',
        ['death_sources', "string_split(source_feeds, ';')"], ['aid_types', "string_split(aid_types, '、')"], 'cases',
        ['monthly_amount', 'amount'], ['months_paid_since', 'share_months'], ['share_paid_since', 'share_amount'],
        ['signs_of_life', 'is_contradicted'],
    ],
    rows=[['death', 'police_rows'], ['cremation', 'cremation_rows'], ['assistance_roster', 'rows_used']],
    files="concat_ws(';', death_origins, origins)",
    links=[['death', 'is_death_link_certain'], ['roster', 'is_link_certain']],
) }}
