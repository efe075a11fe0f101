-- R01 medical burden after 医疗救助, net of reversals, above the line of the person's class.
with
burdened as (
    select * from {{ ref('int_persons__burdened') }}
),

settlements as (
    select * from {{ ref('int_settlements__netted') }}
),

low_income as (
    select * from {{ ref('int_persons__low_income') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['medical_burden_line_low_income', 'medical_burden_line_general', 'answered_amount_step']) }}
),

judged as (
    select
        burdened.*,
        low_income.grounds,
        coalesce(low_income.is_by_income_line, false) as is_by_income_line,
        low_income.person_id is not null as is_low_income,
        case
            when low_income.person_id is not null then line.medical_burden_line_low_income
            else line.medical_burden_line_general
        end as line_amount,
        -- Above the general line the class does not matter, nor how sure the link is that gave it.
        burdened.is_link_certain
        and (
            coalesce(low_income.is_link_certain, true)
            or burdened.own_total > line.medical_burden_line_general
        ) as are_links_certain,
        coalesce(
            burdened.own_total > case
                when low_income.person_id is not null then line.medical_burden_line_low_income
                else line.medical_burden_line_general
            end,
            false
        ) as is_raised,
        {{ stepped('burdened.own_total', 'line.answered_amount_step') }} as steps
    from burdened
    left join low_income on burdened.person_id = low_income.person_id
    cross join line
),

named as (
    -- The files behind the few that are raised, not behind everybody who ever saw a doctor.
    select
        judged.person_id,
        string_agg(distinct settlements.origin, ';' order by settlements.origin) as origins
    from judged
    inner join settlements
        on
            judged.person_id = settlements.person_id
            and judged.window_from <= {{ month_of('settlements.settled_on') }}
            and judged.window_to >= {{ month_of('settlements.settled_on') }}
    where judged.is_raised
    group by judged.person_id
),

told as (
    select
        judged.*,
        named.origins as named_origins,
        judged.person_id as subject,
        'medical burden' as cause,
        case when not judged.is_raised and judged.is_amount_unknown then '有结算金额不明' end as unassessed_reason,
        case when judged.are_links_certain then '疑似' else '提示' end as grade,
        judged.own_total as amount,
        concat_ws('|', judged.is_low_income, judged.steps) as fingerprint,
        concat(
            judged.window_from, ' 至 ', judged.window_to, ' 医疗救助后个人负担 ', {{ yuan('judged.own_total') }},
            ' 元（冲销已抵扣），超过',
            case when judged.is_low_income then concat('低收入人口（', judged.grounds, '）') else '一般人口' end,
            '的线 ', {{ yuan('judged.line_amount') }}, ' 元。'
        ) as told,
        '核对票据和报销，评估临时救助、医疗救助或刚性支出困难认定' as proposed,
        -- The line of the person's own class, and the income line where it alone gave the class.
        concat_ws(
            ';',
            case
                when judged.is_low_income and judged.is_by_income_line
                    then 'dibao_standard_month;low_income_multiple;medical_burden_line_low_income'
                when judged.is_low_income then 'medical_burden_line_low_income'
                else 'medical_burden_line_general'
            end,
            'medical_burden_window_months'
        ) as lines_used
    from judged
    left join named on judged.person_id = named.person_id
)

{{ finding(
    'R01',
    values=[
        'own_total', ['line', 'cast(line_amount as decimal(18, 2))'],
        ['class', "case when is_low_income then 'low_income' else 'general' end"], 'grounds', 'window_from', 'window_to',
    ],
    rows=[['medical_settlement', 'rows_used']],
    files='named_origins',
    links=[['all', 'are_links_certain']],
    place=false,
    policy_used='lines_used',
) }}
