-- One row per settlement with what is left of it after its reversals, dated by the settlement itself: a
-- reversal of a later month takes back the month it belongs to.
with
rows_seen as (
    select * from {{ ref('stg_medical_settlement__settlements') }}
    where person_id is not null
),

signed as (
    select
        *,
        case when is_reversal then -abs(own_total) else own_total end as own_signed,
        case when is_reversal then -abs(total) else total end as total_signed,
        is_reversal or coalesce(own_total < 0 or total < 0, false) as takes_back
    from rows_seen
),

summed as (
    select
        settlement_id,
        -- Whose and when: the settlement's own row speaks before its reversal.
        min_by(person_id, concat(case when takes_back then '1' else '0' end, month, file, lpad(cast(row as varchar), 9, '0')))
            as person_id,
        min_by(settled_at, concat(case when takes_back then '1' else '0' end, month, file, lpad(cast(row as varchar), 9, '0')))
            as settled_on,
        sum(own_signed) as own_total,
        sum(total_signed) as total,
        bool_and(is_link_certain) as is_link_certain,
        bool_or(is_reversal) as has_reversal,
        bool_or(own_total is null and not takes_back) as is_amount_unknown,
        count(*) as rows_used,
        -- One name, not the list: a sorted list per settlement is what would not fit for a province.
        min(concat('medical_settlement/', file)) as origin
    from signed
    group by settlement_id
)

select
    settlement_id,
    person_id,
    settled_on,
    -- A reversal whose settlement was never delivered leaves nothing, not a credit.
    cast(case when has_reversal then greatest(own_total, 0) else own_total end as decimal(18, 2)) as own_total,
    cast(case when has_reversal then greatest(total, 0) else total end as decimal(18, 2)) as total,
    is_link_certain,
    is_amount_unknown,
    rows_used,
    origin
from summed
