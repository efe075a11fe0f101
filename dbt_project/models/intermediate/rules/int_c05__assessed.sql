-- C05 low-income and severely disabled by a valid card, and on neither 低保 nor 特困: to be taken in as a household
-- of one (R014–R016).
with
disabled as (
    select * from {{ ref('int_persons__disabled') }}
    where is_severe is distinct from false
),

low_income as (
    select * from {{ ref('int_persons__low_income') }}
),

secured as (
    select * from {{ ref('int_persons__secured') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

judged as (
    select
        disabled.*,
        low_income.grounds,
        low_income.is_by_income_line,
        secured.person_id is not null as is_secured,
        coalesce(secured.is_link_certain, false) as is_surely_secured,
        deaths.person_id is not null as is_recorded_dead,
        disabled.is_link_certain and low_income.is_link_certain as are_links_certain,
        concat_ws(';', disabled.origins, low_income.origins) as all_origins,
        coalesce(disabled.is_severe and secured.person_id is null and deaths.person_id is null, false) as is_raised
    from disabled
    inner join low_income on disabled.person_id = low_income.person_id
    left join secured on disabled.person_id = secured.person_id
    left join deaths on disabled.person_id = deaths.person_id
)

select
    'C05' as rule_id,
    person_id as subject,
    'low income, severely disabled, not secured' as cause,
    person_id,
    cast(null as varchar) as township,
    cast(null as varchar) as village,
    is_raised,
    case
        when is_recorded_dead then '登记死亡'
        when is_secured and not is_surely_secured then '低保、特困在册身份待核'
        when not is_secured and is_contradictory then '残疾类别、等级与证号不一致'
        when not is_secured and is_severe is null then '残疾类别或等级不明'
    end as unassessed_reason,
    case when are_links_certain then '疑似' else '提示' end as grade,
    cast(null as decimal(18, 2)) as amount,
    concat_ws('|', category, level, grounds) as fingerprint,
    case
        when is_raised
            then concat(
                '低收入人口（', grounds, '），持', category, level, '级残疾人证，属重度残疾，不在低保、特困；拟按单人户纳入低保。'
            )
    end as summary,
    case
        when is_raised
            then cast(json_object(
                'grounds', grounds,
                'category', category,
                'level', level,
                'cards_held', cards_held,
                'proposed', '拟按单人户纳入低保',
                'rows', json_object('disability', cards_held, 'assistance_roster', 0),
                'files', list_distinct(string_split(all_origins, ';')),
                'links', json_object(
                    'card', case when is_link_certain then 'certain' else 'review' end,
                    'all', case when are_links_certain then 'certain' else 'review' end
                )
            ) as varchar)
    end as evidence,
    -- Who is on a roster is low-income without the income line.
    concat_ws(
        ';',
        'basic_aids',
        case when is_by_income_line then 'dibao_standard_month;low_income_multiple' end,
        'severe_disability_extra_categories;severe_disability_extra_levels;severe_disability_levels'
    ) as policy_used,
    cast(null as varchar) as standing
from judged
