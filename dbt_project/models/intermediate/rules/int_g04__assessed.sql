-- G04 an exception of the region (去世, 骗保) ends the grace at once: the case is in grace by the calendar and
-- still paid this month.
with
graces as (
    select * from {{ ref('int_graces__scheduled') }}
    where is_in_grace and is_listed
),

exceptions as (
    select
        case_no,
        string_agg(code, '、' order by code) as codes,
        min(since) as since,
        bool_and(is_anothers) as is_anothers,
        bool_and(is_link_certain) as is_exception_certain,
        coalesce(sum(evidence_rows) filter (where evidence_feed = 'death'), 0) as death_rows,
        coalesce(sum(evidence_rows) filter (where evidence_feed = 'dispositions'), 0) as answers,
        string_agg(origins, ';' order by origins) as exception_origins
    from {{ ref('int_graces__excepted') }}
    group by case_no
),

judged as (
    select
        graces.*,
        exceptions.codes,
        exceptions.since,
        exceptions.is_exception_certain,
        exceptions.death_rows,
        exceptions.answers,
        exceptions.exception_origins,
        exceptions.case_no is not null and graces.payments_now > 0 as is_found,
        case
            when graces.person_id is null then '户主身份未关联'
            when exceptions.is_anothers then '死亡记录可能属于他人'
        end as unassessed_reason
    from graces
    left join exceptions on graces.case_no = exceptions.case_no
),

told as (
    select
        *,
        case_no as subject,
        'exception ends grace' as cause,
        is_found and unassessed_reason is null as is_raised,
        '提示' as grade,
        paid_now as amount,
        concat_ws('|', codes, since) as fingerprint,
        concat(
            '渐退自 ', {{ month_of('grace_from') }}, ' 起，按期至 ', ends_after, '；出现例外情形：', codes, '（', since,
            '），渐退即止，', {{ this_month() }}, ' 仍发放成功 ', {{ yuan('paid_now') }}, ' 元。'
        ) as told,
        '核实例外情形，属实的即时终止渐退并按程序追回多发金额' as proposed
    from judged
)

{{ finding(
    'G04',
    values=[
        ['grace_from', "cast(grace_from as varchar)"], 'ends_after', 'month_index', ['exceptions', 'codes'], 'since',
        ['paid', 'paid_now'],
    ],
    rows=[
        ['assistance_roster', 'rows_used'], ['assistance_payment', 'payments_now'], ['death', 'death_rows'],
        ['dispositions', 'answers'],
    ],
    files="concat_ws(';', origins, exception_origins)",
    links=[['case', 'is_link_certain'], ['exception', 'coalesce(is_exception_certain, false)']],
) }}
