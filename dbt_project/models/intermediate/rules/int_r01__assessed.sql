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
)

select
    'R01' as rule_id,
    judged.person_id as subject,
    'medical burden' as cause,
    judged.person_id,
    cast(null as varchar) as township,
    cast(null as varchar) as village,
    is_raised,
    case when not is_raised and is_amount_unknown then '有结算金额不明' end as unassessed_reason,
    case when are_links_certain then '疑似' else '提示' end as grade,
    own_total as amount,
    concat_ws('|', is_low_income, steps) as fingerprint,
    case
        when is_raised
            then concat(
                window_from, ' 至 ', window_to, ' 医疗救助后个人负担 ', {{ yuan('own_total') }}, ' 元（冲销已抵扣），超过',
                case when is_low_income then concat('低收入人口（', grounds, '）') else '一般人口' end,
                '的线 ', {{ yuan('line_amount') }}, ' 元。'
            )
    end as summary,
    case
        when is_raised
            then cast(json_object(
                'own_total', own_total,
                'line', cast(line_amount as decimal(18, 2)),
                'class', case when is_low_income then 'low_income' else 'general' end,
                'grounds', grounds,
                'window_from', window_from,
                'window_to', window_to,
                'rows', json_object('medical_settlement', rows_used),
                'files', string_split(named.origins, ';'),
                'links', json_object('all', case when are_links_certain then 'certain' else 'review' end)
            ) as varchar)
    end as evidence,
    -- The line of the person's own class, and the income line where it alone gave the class.
    concat_ws(
        ';',
        case
            when is_low_income and is_by_income_line
                then 'dibao_standard_month;low_income_multiple;medical_burden_line_low_income'
            when is_low_income then 'medical_burden_line_low_income'
            else 'medical_burden_line_general'
        end,
        'medical_burden_window_months'
    ) as policy_used,
    cast(null as varchar) as standing
from judged
left join named on judged.person_id = named.person_id
