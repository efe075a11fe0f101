-- D03 a recorded death with signs of life afterwards: 疑似错登. It proposes a correction slip to the source and
-- touches no payment.
with
deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

contradicted as (
    select * from {{ ref('int_deaths__contradicted') }}
),

judged as (
    select
        deaths.*,
        contradicted.person_id is not null as is_raised,
        contradicted.settlements,
        contradicted.last_settled_on,
        contradicted.is_in_school,
        contradicted.is_link_certain as is_life_link_certain,
        contradicted.origins as life_origins
    from deaths
    left join contradicted on deaths.person_id = contradicted.person_id
),

told as (
    select
        *,
        person_id as subject,
        'life after death' as cause,
        case when not is_raised and not is_link_certain then '身份待核' end as unassessed_reason,
        case when is_link_certain and is_life_link_certain then '疑似' else '提示' end as grade,
        cast(null as decimal(18, 2)) as amount,
        concat_ws('|', sources, settlements, is_in_school) as fingerprint,
        concat(
            {{ death_words() }},
            case
                when settlements > 0
                    then concat('，此后仍有医保结算 ', settlements, ' 笔（最近 ', cast(last_settled_on as varchar), '）')
                else ''
            end,
            case when is_in_school then concat('，', {{ this_month() }}, ' 仍在校') else '' end,
            case
                when is_link_certain then '：死亡登记可能有误，建议向来源单位送更正单，发放不受影响。'
                else '：死亡记录是否为本人尚待核实，先核对身份，再定是否送更正单，发放不受影响。'
            end
        ) as told,
        '核实本人是否健在，健在的向来源单位送更正单，发放不受影响' as proposed
    from judged
)

{{ finding(
    'D03',
    values=[
        ['died_by', 'cast(died_by as varchar)'], 'died_precision',
        ['death_sources', "string_split(source_feeds, ';')"], ['settlements_after', 'settlements'],
        ['last_settled_on', 'cast(last_settled_on as varchar)'], ['in_school', 'is_in_school'],
        ['proposes', "'correction_slip'"],
    ],
    rows=[['death', 'police_rows'], ['cremation', 'cremation_rows'], ['medical_settlement', 'settlements']],
    files="concat_ws(';', origins, life_origins)",
    links=[['death', 'is_link_certain'], ['life', 'is_life_link_certain']],
    place=false,
) }}
