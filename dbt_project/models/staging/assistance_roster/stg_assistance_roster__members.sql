-- Every month's roster stays: a payment is read against the roster of its time.
with
source as (
    select * from {{ source('lake', 'assistance_roster') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'assistance_roster' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

words as (
    select * from {{ ref('aid_words') }}
)

select
    linked.month,
    linked.file,
    linked.sheet,
    linked.row,
    linked.person_id,
    linked.is_link_certain,
    linked.case_no,
    linked.aid_type,
    linked.aid_type_raw as aid_words,
    words.place_kind,
    words.care,
    linked.head_name,
    linked.name,
    linked.relation,
    linked.household_size,
    linked.insured_size,
    linked.health,
    linked.labour,
    linked.cause,
    linked.income_pc_month,
    linked.monthly_amount,
    linked.admitted_on,
    linked.grace_from,
    linked.grace_from_precision as grace_precision,
    linked.grace_from_issue is not null as is_grace_unread,
    linked.township,
    linked.village,
    linked."group" as village_group,
    linked.hukou_address,
    linked.residence_address
from linked
-- The word as it stood says more than its class: town or country, at home or in an institution.
left join words on {{ plain_word('linked.aid_type_raw') }} = words.word
