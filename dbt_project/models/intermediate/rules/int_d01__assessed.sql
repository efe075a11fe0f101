-- D01 a person recorded dead was paid for a month after the month of death. The month of death itself is due.
-- Paid is who the payment names, and the only member of a case whoever collects for him. The share of a dead
-- member in a living household's payment is D02's: the household was paid, not he.
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

scope as (
    select
        person_id,
        bool_or(is_link_certain) as is_link_certain,
        min(township) as township,
        min(village) as village
    from rostered
    group by person_id
),

overpaid as (
    select
        paid.person_id,
        count(distinct paid.pay_month) as months,
        min(paid.pay_month) as first_month,
        max(paid.pay_month) as last_month,
        cast(sum(paid.amount) as decimal(18, 2)) as amount,
        count(*) filter (where paid.amount is null) as amounts_unknown,
        cast(sum(paid.payments) as bigint) as payments,
        bool_or(paid.is_collector) as is_collector,
        bool_and(paid.is_link_certain) as is_link_certain,
        string_agg(distinct paid.origin, ';' order by paid.origin) as origins
    from paid
    inner join deaths on paid.person_id = deaths.person_id
    where
        paid.pay_month > {{ month_of('deaths.died_by') }}
        and (paid.is_collector or (paid.is_only_member and not paid.is_temporary))
    group by paid.person_id
),

judged as (
    select
        coalesce(scope.person_id, overpaid.person_id) as person_id,
        scope.township,
        scope.village,
        -- A death that may be another's, of a person who surely lived on, is no finding: D03 asks about it.
        overpaid.person_id is not null and deaths.is_link_certain is false
        and coalesce(contradicted.is_link_certain, false) as is_anothers,
        overpaid.person_id is not null and not is_anothers as is_raised,
        coalesce(scope.is_link_certain, true) as is_known,
        contradicted.person_id is not null as is_contradicted,
        coalesce(
            deaths.sources >= line.death_sources_to_confirm
            and deaths.is_link_certain
            and overpaid.is_link_certain
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
        overpaid.months,
        overpaid.first_month,
        overpaid.last_month,
        overpaid.amount,
        overpaid.amounts_unknown,
        overpaid.payments,
        overpaid.is_collector,
        overpaid.is_link_certain as is_payment_link_certain,
        overpaid.origins as payment_origins
    from scope
    full outer join overpaid on scope.person_id = overpaid.person_id
    left join deaths on overpaid.person_id = deaths.person_id
    left join contradicted on overpaid.person_id = contradicted.person_id
    cross join line
),

told as (
    select
        *,
        person_id as subject,
        'paid after death' as cause,
        case
            when is_anothers then '死亡记录可能属于他人'
            when not is_raised and not is_known then '身份待核'
        end as unassessed_reason,
        case when is_confirmed then '确认' else '疑似' end as grade,
        concat_ws('|', months, sources, is_contradicted) as fingerprint,
        concat(
            {{ death_words() }}, '，此后仍为其发放 ', months, ' 个月（', first_month,
            case when last_month <> first_month then concat(' 至 ', last_month) else '' end,
            '），共 ', {{ yuan('amount') }}, ' 元',
            case when amounts_unknown > 0 then concat('（另有 ', amounts_unknown, ' 笔本人份额不明）') else '' end,
            case when is_collector then '，由其本人账户领取' else '，由他人代领' end,
            case when is_contradicted then '；但死亡日期之后另有就医或在校记录，先核实是否错登' else '' end,
            '。'
        ) as told,
        case
            when is_contradicted then '先核实是否错登；确已死亡的按程序追回多发金额'
            else '核实是否死亡，属实的按程序追回多发金额'
        end as proposed
    from judged
)

{{ finding(
    'D01',
    values=[
        ['died_by', 'cast(died_by as varchar)'], 'died_precision',
        ['death_sources', "string_split(source_feeds, ';')"], ['months_paid', 'months'], 'first_month', 'last_month',
        'amount', 'amounts_unknown', ['collected_by_self', 'is_collector'], ['signs_of_life', 'is_contradicted'],
    ],
    rows=[['death', 'police_rows'], ['cremation', 'cremation_rows'], ['assistance_payment', 'payments']],
    files="concat_ws(';', death_origins, payment_origins)",
    links=[['death', 'is_death_link_certain'], ['payment', 'is_payment_link_certain']],
    standing="concat_ws('|', sources, is_contradicted)",
) }}
