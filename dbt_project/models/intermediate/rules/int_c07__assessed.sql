-- C07 the two disability allowances, each on its own: entitled and not paid, paid and not entitled, another amount
-- than the standard (R066). The list is the whole stock with both columns: a blank is not paid. A column that is
-- blank for everybody did not come, and the allowance is not assessed.
with
disabled as (
    select * from {{ ref('int_persons__disabled') }}
),

cards as (
    select * from {{ ref('stg_disability__cards') }}
),

low_income as (
    select * from {{ ref('int_persons__low_income') }}
),

rostered as (
    select * from {{ ref('int_persons__rostered') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['disability_living_allowance_month', 'disability_nursing_allowance_month']) }}
),

living_grounds as (
    {{ policy_words('living_allowance_grounds') }}
),

excluding_aids as (
    {{ policy_words('disability_allowance_excluding_aids') }}
),

columns_delivered as (
    select
        count(living_allowance) > 0 or coalesce(bool_or(is_living_unreadable), false) as has_living,
        count(nursing_allowance) > 0 or coalesce(bool_or(is_nursing_unreadable), false) as has_nursing
    from cards
),

entitled as (
    -- Low-income on a ground for which the policy grants the allowance.
    select distinct
        low_income.person_id,
        low_income.grounds,
        low_income.is_by_income_line,
        low_income.is_link_certain,
        low_income.origins
    from low_income
    inner join living_grounds on list_contains(string_split(low_income.grounds, '、'), living_grounds.word)
),

excluded as (
    -- Who is provided for otherwise, where the region's policy says that this excludes the allowances.
    select
        rostered.person_id,
        min(rostered.aid_type) as aid_type,
        bool_or(rostered.is_link_certain) as is_link_certain
    from rostered
    inner join excluding_aids on rostered.aid_type = excluding_aids.word
    group by rostered.person_id
),

allowances as (
    select
        disabled.*,
        'living' as kind,
        '困难残疾人生活补贴' as title,
        columns_delivered.has_living as is_delivered,
        disabled.living_allowance as paid,
        disabled.is_living_unreadable as is_unreadable,
        line.disability_living_allowance_month as standard,
        entitled.person_id is not null as is_due,
        entitled.grounds as due_on,
        entitled.is_by_income_line,
        disabled.is_link_certain and coalesce(entitled.is_link_certain, true) as are_links_certain,
        entitled.origins as other_origins,
        concat_ws(
            ';',
            'disability_living_allowance_month',
            case when entitled.is_by_income_line then 'dibao_standard_month' end,
            'living_allowance_grounds',
            case when entitled.is_by_income_line then 'low_income_multiple' end
        ) as policies
    from disabled
    cross join columns_delivered
    cross join line
    left join entitled on disabled.person_id = entitled.person_id
    union all
    select
        disabled.*,
        'nursing' as kind,
        '重度残疾人护理补贴' as title,
        columns_delivered.has_nursing as is_delivered,
        disabled.nursing_allowance as paid,
        disabled.is_nursing_unreadable as is_unreadable,
        line.disability_nursing_allowance_month as standard,
        disabled.is_severe as is_due,
        '重度残疾' as due_on,
        false as is_by_income_line,
        disabled.is_link_certain as are_links_certain,
        cast(null as varchar) as other_origins,
        'disability_nursing_allowance_month;severe_disability_extra_categories;severe_disability_extra_levels;severe_disability_levels'
            as policies
    from disabled
    cross join columns_delivered
    cross join line
),

weighed as (
    select
        allowances.*,
        deaths.person_id is not null as is_recorded_dead,
        excluded.aid_type as excluding_aid,
        coalesce(allowances.paid, 0) > 0 as is_paid,
        allowances.is_due and excluded.person_id is null as is_entitled,
        coalesce(excluded.is_link_certain, true) as is_surely_excluded
    from allowances
    left join deaths on allowances.person_id = deaths.person_id
    left join excluded on allowances.person_id = excluded.person_id
),

found as (
    select
        *,
        case
            when is_entitled and not is_paid then 'entitled and not paid'
            when is_paid and not is_entitled then 'paid and not entitled'
            when is_entitled and is_paid and paid <> standard then 'another amount'
        end as mismatch,
        case
            when is_recorded_dead then '登记死亡'
            when not is_delivered then concat('残疾人证数据没有', title, '一栏')
            when is_unreadable then concat(title, '金额无法识读')
            when is_due is null and is_contradictory then '残疾类别、等级与证号不一致'
            when is_due is null then '残疾类别或等级不明'
            -- To say that somebody is paid without being entitled asks for sure links.
            when is_paid and not is_entitled and not (is_link_certain and is_surely_excluded) then '身份待核'
        end as open_reason
    from weighed
),

spoken as (
    -- What is open is no finding.
    select
        *,
        case when open_reason is null then mismatch end as finding
    from found
),

judged as (
    select
        *,
        finding is not null as is_raised,
        cast(
            case finding
                when 'entitled and not paid' then standard
                when 'paid and not entitled' then paid
                when 'another amount' then abs(paid - standard)
            end as decimal(18, 2)
        ) as difference,
        case
            when finding <> 'paid and not entitled' then ''
            when excluding_aid is not null then concat('，已享受', excluding_aid, '，按规定不重复享受')
            when kind = 'living' then '，不在可享受该补贴的低收入人口'
            else '，不属重度残疾'
        end as undue_words,
        concat_ws(';', origins, other_origins) as all_origins
    from spoken
),

told as (
    select
        *,
        person_id as subject,
        -- A finding of another kind is another warning; what is clear or open keeps the allowance's name.
        concat_ws(': ', concat(kind, ' allowance'), finding) as cause,
        open_reason as unassessed_reason,
        case when are_links_certain then '疑似' else '提示' end as grade,
        difference as amount,
        concat_ws('|', kind, finding, category, level, paid) as fingerprint,
        concat(
            case finding
                when 'entitled and not paid' then '拟核实后补发'
                when 'paid and not entitled' then '拟核实资格：'
                else '拟按标准核定'
            end,
            title
        ) as proposed,
        concat(
            '持', coalesce(concat(category, {{ level_word('level') }}), '类别等级不明的'), '残疾人证，',
            case finding
                when 'entitled and not paid' then concat('符合', title, '（', due_on, '），名单上没有发放，应为每月 ', {{ yuan('standard') }})
                when 'paid and not entitled' then concat('每月领取', title, ' ', {{ yuan('paid') }})
                else concat('每月领取', title, ' ', {{ yuan('paid') }}, ' 元，标准为 ', {{ yuan('standard') }})
            end,
            ' 元', undue_words, '；', proposed, '。'
        ) as told
    from judged
)

{{ finding(
    'C07',
    values=[
        ['allowance', 'title'], 'finding', 'category', 'level', ['grounds', 'due_on'], ['paid_month', 'paid'],
        ['standard_month', 'cast(standard as decimal(18, 2))'],
    ],
    rows=[['disability', 'cards_held']],
    files='all_origins',
    links=[['card', 'is_link_certain'], ['all', 'are_links_certain']],
    place=false,
    policy_used="concat_ws(';', policies, case when excluding_aid is not null then 'disability_allowance_excluding_aids' end)",
) }}
