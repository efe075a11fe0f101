-- What this month's roster and rural list say of each person's health: severely ill by the policy's words, not,
-- or unknown (NULL) where every row leaves it blank. 长期慢性病 is no severe illness; high cost alone is R01's.
with
roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and person_id is not null
),

rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
    where person_id is not null
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

ill_words as (
    {{ policy_words('severe_illness_words') }}
),

described as (
    select
        person_id,
        health,
        is_link_certain,
        'assistance_roster' as feed,
        concat('assistance_roster/', file) as origin
    from roster
    union all
    select
        person_id,
        health,
        is_link_certain,
        'rural_monitoring' as feed,
        concat('rural_monitoring/', file) as origin
    from rural
),

marked as (
    select
        described.*,
        case when described.health is not null then ill_words.word is not null end as is_ill
    from described
    left join ill_words on described.health = ill_words.word
)

select
    person_id,
    bool_or(is_ill) as is_severely_ill,
    string_agg(distinct health, '、' order by health) filter (where is_ill) as words,
    -- One sure row that says so is enough.
    coalesce(bool_or(is_link_certain) filter (where is_ill), bool_or(is_link_certain)) as is_link_certain,
    count(*) filter (where is_ill and feed = 'assistance_roster') as roster_rows,
    count(*) filter (where is_ill and feed = 'rural_monitoring') as rural_rows,
    string_agg(distinct origin, ';' order by origin) filter (where is_ill) as origins
from marked
group by person_id
