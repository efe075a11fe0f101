-- How far each village's households of the monitored classes have been looked at (R046: to every household and every
-- person): visited or answered since the campaign of the year began, assessed by the machine, on a roster, or none.
with
monitored as (
    select * from {{ ref('int_persons__monitored') }}
    where is_monitored
),

members as (
    select * from {{ ref('int_households__formed') }}
),

rostered as (
    select distinct person_id from {{ ref('int_persons__rostered') }}
),

visits as (
    select * from {{ ref('stg_visit_ledger__rows') }}
    where person_id is not null
),

dispositions as (
    select * from {{ source('lake', 'dispositions') }}
    where person_id is not null
),

followed as (
    select * from {{ ref('stg_linkage__followed') }}
),

incomes as (
    select * from {{ ref('int_incomes__counted') }}
    where household_key like 'household_no:%'
),

looked as (
    select
        person_id,
        month as looked_month
    from visits
    union
    select
        coalesce(followed.person_id, dispositions.person_id) as person_id,
        dispositions.month as looked_month
    from dispositions
    left join followed on dispositions.person_id = followed.old_id
),

looked_households as (
    select distinct members.household_id
    from looked
    inner join members on looked.person_id = members.person_id
    -- The year of the month: a visit of last year is no visit of this campaign.
    where substr(looked.looked_month, 1, 4) = substr({{ this_month() }}, 1, 4)
),

covered_households as (
    select distinct members.household_id
    from members
    inner join rostered on members.person_id = rostered.person_id
),

due as (
    select
        monitored.household_no,
        coalesce(min(monitored.township), '未写明乡镇') as township,
        coalesce(min(monitored.village), '未写明村') as village,
        count(*) as persons,
        count(distinct case when not monitored.is_link_certain then monitored.person_id end) as persons_doubtful,
        min(members.household_id) as household_id
    from monitored
    left join members on monitored.person_id = members.person_id
    group by monitored.household_no
)

select
    due.township,
    due.village,
    count(*) as households_due,
    cast(sum(due.persons) as bigint) as persons_due,
    cast(sum(due.persons_doubtful) as bigint) as persons_doubtful,
    count(looked_households.household_id) as households_looked,
    count(covered_households.household_id) as households_covered,
    count(case when incomes.income_pc_month is not null then 1 end) as households_reckoned,
    count(*) filter (where looked_households.household_id is null and covered_households.household_id is null)
        as households_open,
    cast(count(looked_households.household_id) * 1.0 / count(*) as decimal(9, 4)) as share_looked
from due
left join looked_households on due.household_id = looked_households.household_id
left join covered_households on due.household_id = covered_households.household_id
left join incomes on incomes.household_key = concat('household_no:', due.household_no)
group by due.township, due.village
