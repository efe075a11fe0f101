-- Every month in which a list named a person under a household number: the roster's cases and the rural list's
-- households, with the place of that month among those the list was delivered in. A month without a delivery is
-- no absence.
with
roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where person_id is not null and case_no is not null
),

rural as (
    select * from {{ ref('stg_rural_monitoring__months') }}
    where person_id is not null and household_no is not null
),

named as (
    select
        'assistance_roster' as feed,
        month,
        concat('case_no:', case_no) as household_key,
        person_id,
        relation,
        is_link_certain
    from roster
    union all
    select
        'rural_monitoring' as feed,
        month,
        concat('household_no:', household_no) as household_key,
        person_id,
        relation,
        is_link_certain
    from rural
),

deliveries as (
    select
        feed,
        month,
        row_number() over (partition by feed order by month) as month_place
    from (select distinct
        feed,
        month
    from named) as months
)

select
    named.feed,
    named.month,
    deliveries.month_place,
    named.household_key,
    named.person_id,
    min(named.relation) as relation,
    bool_or(named.is_link_certain) as is_link_certain
from named
inner join deliveries on named.feed = deliveries.feed and named.month = deliveries.month
group by named.feed, named.month, deliveries.month_place, named.household_key, named.person_id
