-- One row per month and case of 低保 or 特困: who heads it, who is insured, what was approved, since when it
-- is in grace. A person listed twice in a case is in it once; a row that no person could be given still counts.
with
roster as (
    select
        *,
        coalesce(person_id, concat_ws('|', file, sheet, row)) as member
    from {{ ref('stg_assistance_roster__members') }}
    where case_no is not null and aid_type in ('低保', '特困')
),

named_heads as (
    select * from {{ ref('stg_assistance_roster__heads') }}
),

sized as (
    -- As many rows as the case says it insures: each row is somebody, even where two were given one person.
    select
        month,
        case_no,
        coalesce(count(*) = max(insured_size), false) as is_each_row_a_member
    from roster
    group by month, case_no
),

told_apart as (
    select
        roster.*,
        case
            when sized.is_each_row_a_member then concat_ws('|', roster.file, roster.sheet, roster.row)
            else roster.member
        end as place_in_case
    from roster
    inner join sized on roster.month = sized.month and roster.case_no = sized.case_no
),

members as (
    select
        month,
        case_no,
        place_in_case,
        max(person_id) as person_id,
        min(aid_type) as aid_type,
        max(care) as care,
        max(place_kind) as place_kind,
        max(monthly_amount) as monthly_amount,
        bool_or(is_link_certain) as is_link_certain,
        count(*) as rows_used
    from told_apart
    group by month, case_no, place_in_case
),

insured as (
    select
        month,
        case_no,
        count(*) as members,
        count(person_id) as members_linked,
        count(*) filter (where care = '分散') as scattered_members,
        count(*) filter (where care = '集中') as housed_members,
        max(place_kind) as place_kind,
        sum(monthly_amount) as approved,
        count(*) filter (where monthly_amount is null) as amounts_unknown,
        bool_and(is_link_certain) as is_link_certain,
        sum(rows_used) as rows_used
    from members
    group by month, case_no
),

stated as (
    -- What is said of the case on each of its rows. A grace known by its year alone is not known by its month.
    select
        month,
        case_no,
        min(aid_type) as aid_type,
        count(distinct aid_type) as aid_types,
        max(household_size) as household_size,
        max(insured_size) as insured_size,
        min(income_pc_month) as income_pc_month,
        min(admitted_on) as admitted_on,
        min(grace_from) filter (where grace_precision <> 'year') as grace_from,
        count(distinct {{ month_of('grace_from') }}) filter (where grace_precision <> 'year') as grace_months_stated,
        bool_or(is_grace_unread) as is_grace_unread,
        min(township) as township,
        min(village) as village,
        string_agg(distinct concat('assistance_roster/', file), ';' order by concat('assistance_roster/', file)) as origins
    from roster
    group by month, case_no
),

claims as (
    -- 户主 on the roster, then whoever this month's roster names as head, then the applicant, then anybody.
    select
        month,
        case_no,
        person_id,
        is_link_certain,
        case relation when '02' then 0 when '01' then 2 else 3 end as trust,
        concat(file, '|', sheet, '|', lpad(cast(row as varchar), 9, '0')) as place
    from roster
    where person_id is not null
    union all
    select
        {{ this_month() }} as month,
        case_no,
        person_id,
        is_link_certain,
        1 as trust,
        person_id as place
    from named_heads
),

heads as (
    select
        month,
        case_no,
        min_by(person_id, concat(trust, '|', place)) as person_id,
        min_by(is_link_certain, concat(trust, '|', place)) as is_link_certain
    from claims
    group by month, case_no
)

select
    stated.month,
    stated.case_no,
    heads.person_id,
    stated.aid_type,
    stated.aid_types > 1 as is_of_two_kinds,
    insured.place_kind,
    cast(insured.members as integer) as members,
    cast(insured.members_linked as integer) as members_linked,
    cast(insured.scattered_members as integer) as scattered_members,
    cast(insured.housed_members as integer) as housed_members,
    stated.household_size,
    stated.insured_size,
    -- One member alone is on aid (单人保); or some of the household are and some are not.
    coalesce(stated.insured_size = 1 and stated.household_size > 1, false) as is_single_person,
    coalesce(stated.insured_size < stated.household_size, false) as is_part_insured,
    -- All rows of the case are in sight: as many as it says it insures.
    coalesce(insured.members = stated.insured_size, true) as is_complete,
    stated.income_pc_month,
    cast(insured.approved as decimal(18, 2)) as approved,
    cast(insured.amounts_unknown as integer) as amounts_unknown,
    stated.admitted_on,
    stated.grace_from,
    cast(stated.grace_months_stated as integer) as grace_months_stated,
    -- Something is written for the grace, and it is no date.
    stated.is_grace_unread,
    stated.township,
    stated.village,
    coalesce(heads.is_link_certain, false) and insured.is_link_certain as is_link_certain,
    cast(insured.rows_used as integer) as rows_used,
    stated.origins
from stated
inner join insured on stated.month = insured.month and stated.case_no = insured.case_no
left join heads on stated.month = heads.month and stated.case_no = heads.case_no
