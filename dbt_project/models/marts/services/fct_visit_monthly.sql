-- What the villages' ledgers (R091) of the month say: how many were visited, who is to be taken in, and how many rows
-- still owe the reason that the form asks for (R056): told, never dropped.
with
visits as (
    select * from {{ ref('stg_visit_ledger__rows') }}
),

answered as (
    select
        *,
        case
            when proposed_aid is null then 'unanswered'
            when proposed_aid <> '无' then 'to take in'
            when current_aid is null then 'unanswered'
            when current_aid <> '无' then 'has aid'
            when nullif(trim(reason_not), '') is null then 'reason owed'
            else 'not taken in'
        end as answer
    from visits
)

select
    coalesce(nullif(township, ''), '未写明乡镇') as township,
    coalesce(nullif(village, ''), '未写明村') as village,
    count(*) as rows_delivered,
    count(distinct person_id) as persons,
    count(*) filter (where answer = 'to take in') as to_take_in,
    count(*) filter (where answer = 'has aid') as has_aid,
    count(*) filter (where answer = 'not taken in') as not_taken_in,
    count(*) filter (where answer = 'reason owed') as reason_owed,
    count(*) filter (where answer = 'unanswered') as unanswered
from answered
group by coalesce(nullif(township, ''), '未写明乡镇'), coalesce(nullif(village, ''), '未写明村')
