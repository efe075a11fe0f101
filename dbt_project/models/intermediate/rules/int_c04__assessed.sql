-- C04 low-income and severely ill, and on neither 低保 nor 特困: to be taken in as a household of one (R014–R017).
with
ill as (
    select * from {{ ref('int_persons__severely_ill') }}
    where is_severely_ill is distinct from false
),

open_to as (
    select * from {{ ref('int_persons__single_open') }}
),

secured as (
    select * from {{ ref('int_persons__secured') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

single as (
    {{ single_person_policy() }}
),

judged as (
    select
        ill.*,
        single.*,
        open_to.grounds,
        open_to.is_by_income_line,
        open_to.is_eased,
        secured.person_id is not null as is_secured,
        coalesce(secured.is_link_certain, false) as is_surely_secured,
        deaths.person_id is not null as is_recorded_dead,
        ill.is_link_certain and open_to.is_link_certain as are_links_certain,
        concat_ws(';', ill.origins, open_to.origins) as all_origins,
        coalesce(ill.is_severely_ill and secured.person_id is null and deaths.person_id is null, false) as is_raised
    from ill
    inner join open_to on ill.person_id = open_to.person_id
    cross join single
    left join secured on ill.person_id = secured.person_id
    left join deaths on ill.person_id = deaths.person_id
),

told as (
    select
        *,
        person_id as subject,
        'low income, severely ill, not secured' as cause,
        case
            when is_recorded_dead then '登记死亡'
            when is_secured and not is_surely_secured then '低保、特困在册身份待核'
            when not is_secured and is_severely_ill is null then '健康状况空白'
        end as unassessed_reason,
        case when are_links_certain then '疑似' else '提示' end as grade,
        null as amount,
        concat_ws('|', words, grounds) as fingerprint,
        {{ single_person_proposal('重病', '拟评估纳入低保') }} as proposed,
        concat(case when is_eased then '放宽准入的监测对象（' else '低收入人口（' end, grounds, '），健康状况为', words, '，不在低保、特困；', proposed, '。') as told,
        concat_ws(
            ';',
            'basic_aids',
            -- Who is on a roster is low-income without the income line.
            case when is_by_income_line then 'dibao_standard_month;low_income_multiple' end,
            'severe_illness_words;single_person_form;single_person_grounds;single_person_means_test_waived',
            case when is_eased then 'single_person_multiple' end
        ) as policies
    from judged
)

{{ finding(
    'C04',
    values=['grounds', ['health', 'words'], ['is_means_test_waived', 'is_waived']],
    rows=[['assistance_roster', 'roster_rows'], ['rural_monitoring', 'rural_rows']],
    files='all_origins',
    links=[['all', 'are_links_certain']],
    place=false,
    policy_used='policies',
) }}
