-- G05 exits are frozen in this region and month: whoever G01 or G02 would name is listed and marked 暂缓退出.
with
exits as (
    select * from {{ ref('int_exits__weighed') }}
    where exit_cause is not null or unassessed_reason is not null
),

told as (
    select
        * exclude (unassessed_reason),
        case_no as subject,
        coalesce(exit_cause, 'none') as cause,
        -- Not frozen: nothing to list here, and what could not be judged is told by G01 and G02.
        case when is_exit_frozen then unassessed_reason end as unassessed_reason,
        is_exit_frozen and exit_cause is not null and unassessed_reason is null as is_raised,
        '提示' as grade,
        paid as amount,
        exit_cause as fingerprint,
        concat(
            '暂缓退出：本地区 ', {{ this_month() }}, ' 暂停退出。',
            case
                when exit_cause = 'grace ended'
                    then concat('渐退自 ', {{ month_of('grace_from') }}, ' 起，至 ', ends_after, ' 期满，仍发放成功 ')
                else concat(
                    '人均月收入 ', {{ yuan('income_pc_month') }}, ' 元，高于低保标准 ', {{ yuan('standard_month') }},
                    ' 元，未在渐退期，发放成功 '
                )
            end,
            {{ yuan('paid') }}, ' 元。'
        ) as told,
        '暂缓退出：列入名单，暂停结束后复核' as proposed
    from exits
)

{{ finding(
    'G05',
    values=[
        'exit_cause', ['grace_from', "cast(grace_from as varchar)"], 'ends_after', 'income_pc_month', 'standard_month',
        'paid', ['frozen', 'is_exit_frozen'],
    ],
    rows=[['assistance_roster', 'rows_used'], ['assistance_payment', 'payments']],
    files='origins',
    links=[['case', 'is_link_certain']],
    policy_used="case when exit_cause = 'grace ended' then 'exit_freeze;grace_schedule'
        else concat_ws(';', policy_used, 'exit_freeze') end",
) }}
