-- This month's civil-affairs roster, one row per person, case and kind of aid (a person listed twice in a
-- case is on it once).
with
roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and person_id is not null
)

select
    person_id,
    case_no,
    aid_type,
    bool_or(is_link_certain) as is_link_certain,
    max(monthly_amount) as monthly_amount,
    min(admitted_on) as admitted_on,
    min(grace_from) as grace_from,
    min(township) as township,
    min(village) as village,
    count(*) as rows_used,
    string_agg(distinct concat('assistance_roster/', file), ';' order by concat('assistance_roster/', file)) as origins
from roster
group by person_id, case_no, aid_type
