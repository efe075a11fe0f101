-- Handed out in an earlier month and not settled: each item with its age and its clock, still raised or not. An item
-- that is no longer raised is answered all the same: somebody was sent for it.
with
items as (
    select * from {{ ref('int_items__opened') }}
),

weighed as (
    select * from {{ ref('int_warnings__weighed') }}
)

select
    items.warning_id,
    items.rule_id,
    coalesce(weighed.person_id, items.person_id) as person_id,
    coalesce(weighed.household_id, items.household_id) as household_id,
    coalesce(weighed.township, items.township) as township,
    coalesce(weighed.village, items.village) as village,
    items.listed_month,
    items.last_listed_month,
    items.age_months,
    items.due_on,
    coalesce(weighed.clock, items.clock, '月度') as clock,
    case when items.due_on <= {{ last_day_of_month() }} then '逾期' else '待答复' end as state,
    weighed.warning_id is not null as is_raised,
    coalesce(weighed.summary, items.summary) as summary,
    items.second_look_of
from items
left join weighed on items.warning_id = weighed.warning_id
