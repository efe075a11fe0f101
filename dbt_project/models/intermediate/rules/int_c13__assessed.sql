-- C13 特困 who live at home (分散) and are of high age, severely disabled, or cannot look after themselves by the
-- policy's words: their need of a place in an institution is to be assessed (R069). Whether the four things that
-- care at home asks for are there (四有) no feed tells: each is said to be not received.
with
roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and person_id is not null and aid_type = '特困'
),

disabled as (
    select * from {{ ref('int_persons__disabled') }}
),

described as (
    select
        person_id,
        birth_date
    from {{ ref('int_persons__described') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['tekun_institution_age']) }}
),

helpless_health as (
    {{ policy_words('self_care_lost_health_words') }}
),

helpless_labour as (
    {{ policy_words('self_care_lost_labour_words') }}
),

care_items as (
    select string_agg(word, '、') as words
    from ({{ policy_words('tekun_home_care_items') }}) as items
),

persons as (
    select
        roster.person_id,
        min(roster.township) as township,
        min(roster.village) as village,
        bool_or(coalesce(roster.care = '集中', false)) as is_housed,
        bool_or(coalesce(roster.care = '分散', false)) as is_at_home,
        min(roster.health) filter (where helpless_health.word is not null) as health,
        min(roster.labour) filter (where helpless_labour.word is not null) as labour,
        bool_or(roster.is_link_certain) as is_link_certain,
        count(*) as rows_used,
        string_agg(
            distinct concat('assistance_roster/', roster.file), ';' order by concat('assistance_roster/', roster.file)
        ) as origins
    from roster
    left join helpless_health on roster.health = helpless_health.word
    left join helpless_labour on roster.labour = helpless_labour.word
    group by roster.person_id
),

gathered as (
    select
        persons.*,
        described.birth_date,
        line.tekun_institution_age as old_age,
        care_items.words as care_items,
        date_diff('year', described.birth_date, {{ last_day_of_month() }})
        - case
            when strftime(described.birth_date, '%m%d') > strftime({{ last_day_of_month() }}, '%m%d') then 1 else 0
        end as age,
        coalesce({{ has_turned('described.birth_date', 'line.tekun_institution_age') }}, false) as is_old,
        -- A card by a doubtful link is no ground by itself.
        coalesce(disabled.is_severe and disabled.is_link_certain, false) as is_severely_disabled,
        coalesce(disabled.is_severe and not disabled.is_link_certain, false) as is_perhaps_disabled,
        disabled.category,
        disabled.level,
        disabled.cards_held,
        disabled.origins as card_origins,
        deaths.person_id is not null as is_recorded_dead
    from persons
    cross join line
    cross join care_items
    left join described on persons.person_id = described.person_id
    left join disabled on persons.person_id = disabled.person_id
    left join deaths on persons.person_id = deaths.person_id
),

grounded as (
    select
        *,
        nullif(concat_ws(
            '、',
            case when is_old then concat('高龄（', age, ' 岁）') end,
            case when is_severely_disabled then concat('重度残疾（', category, {{ level_word('level') }}, '）') end,
            case
                when health is not null or labour is not null
                    then concat('花名册记为', concat_ws('、', health, case when labour is not null then concat(labour, '劳动能力') end))
            end
        ), '') as grounds
    from gathered
),

judged as (
    select
        *,
        grounds is not null and is_at_home and not is_housed and not is_recorded_dead as is_raised
    from grounded
),

told as (
    select
        *,
        person_id as subject,
        'at home, needs a place in an institution' as cause,
        case
            when is_recorded_dead then '登记死亡'
            when is_raised or is_housed then null
            when not is_at_home then '未写明集中或分散供养'
            when is_perhaps_disabled then '残疾人证身份待核'
            when birth_date is null then '出生日期不明'
        end as unassessed_reason,
        case when is_link_certain then '疑似' else '提示' end as grade,
        null as amount,
        concat_ws('|', is_old, is_severely_disabled, health, labour) as fingerprint,
        '拟评估集中供养需求' as proposed,
        concat('特困分散供养，', grounds, '；', proposed, '。分散供养“四有”（', care_items, '）未收到数据。') as told
    from judged
)

{{ finding(
    'C13',
    values=[
        'grounds', ['care', "'分散'"], 'age', 'category', 'level', 'health', 'labour',
        ['home_care_items', 'care_items'], ['home_care_state', "'未收到'"],
    ],
    rows=[['assistance_roster', 'rows_used'], ['disability', 'coalesce(cards_held, 0)']],
    files="concat_ws(';', origins, card_origins)",
    links=[['roster', 'is_link_certain']],
) }}
