-- Everybody in 特困 care: where, how he is looked after, what speaks for a place in an institution (R069), and the
-- 四有 of scattered care (S4). No feed gives the 四有 or the housing yet: each says 未收到, never 无.
with
roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and person_id is not null and aid_type = '特困'
),

persons as (
    select * from {{ ref('int_persons__described') }}
),

households as (
    select * from {{ ref('int_households__formed') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
    where died_by <= {{ last_day_of_month() }}
),

disabled as (
    select * from {{ ref('int_persons__disabled') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['tekun_institution_age']) }}
),

incapable_health as (
    {{ policy_words('self_care_lost_health_words') }}
),

incapable_labour as (
    {{ policy_words('self_care_lost_labour_words') }}
),

cared as (
    select
        person_id,
        min(case_no) as case_no,
        min(township) as township,
        min(village) as village,
        min(place_kind) as place_kind,
        min(care) as care,
        min(health) as health,
        min(labour) as labour,
        max(monthly_amount) as monthly_amount,
        min(admitted_on) as admitted_on,
        bool_or(is_link_certain) as is_link_certain
    from roster
    group by person_id
),

described as (
    select
        cared.*,
        households.household_id,
        persons.birth_date,
        persons.birth_date is not null and {{ has_turned('persons.birth_date', 'line.tekun_institution_age') }} as is_old,
        coalesce(disabled.is_severe, false) as is_severely_disabled,
        incapable_health.word is not null or incapable_labour.word is not null as is_incapable,
        deaths.person_id is not null as is_recorded_dead
    from cared
    cross join line
    left join persons on cared.person_id = persons.person_id
    left join households on cared.person_id = households.person_id
    left join deaths on cared.person_id = deaths.person_id
    left join disabled on cared.person_id = disabled.person_id
    left join incapable_health on cared.health = incapable_health.word
    left join incapable_labour on cared.labour = incapable_labour.word
)

select
    person_id,
    household_id,
    case_no,
    coalesce(township, '未写明乡镇') as township,
    village,
    place_kind,
    care,
    birth_date,
    health,
    labour,
    monthly_amount,
    admitted_on,
    is_recorded_dead,
    case
        when is_recorded_dead then '有死亡登记，先核实'
        when is_old or is_severely_disabled or is_incapable
            then concat_ws(
                '、',
                case when is_old then '高龄' end,
                case when is_severely_disabled then '重残' end,
                case when is_incapable then '不能自理' end
            )
        when birth_date is null then '年龄不明'
        else '未见需要'
    end as care_need,
    coalesce(not is_recorded_dead and (is_old or is_severely_disabled or is_incapable), false) as needs_place_look,
    '未收到' as care_agreement,
    '未收到' as service_standard,
    '未收到' as visit_record,
    '未收到' as emergency_plan,
    '未收到' as housing,
    is_link_certain
from described
