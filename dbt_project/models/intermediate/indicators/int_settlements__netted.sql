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
        min(care_type) as care_type,
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
),

-- A negative row under a number of its own takes back the same person's latest earlier settlement of the same
-- kind and money. Each such row takes back one settlement, and each settlement is taken back once.
nearest as (
    select
        reversal.settlement_id as reversal_id,
        settled.settlement_id,
        row_number() over (
            partition by reversal.settlement_id
            order by settled.settled_on desc, settled.settlement_id
        ) as reversal_place
    from summed as reversal
    inner join summed as settled
        on
            reversal.person_id = settled.person_id
            and reversal.care_type is not distinct from settled.care_type
            and -reversal.total = settled.total
            and -reversal.own_total = settled.own_total
            and reversal.settled_on >= settled.settled_on
    where reversal.total < 0 and not reversal.has_reversal
),

taken_back as (
    select
        settlement_id,
        min(reversal_id) as reversal_id
    from nearest
    where reversal_place = 1
    group by settlement_id
),

paired as (
    select
        summed.*,
        taken_back.settlement_id is not null as is_taken_back
    from summed
    left join taken_back on summed.settlement_id = taken_back.settlement_id
)

select
    settlement_id,
    person_id,
    settled_on,
    -- A reversal whose settlement was never delivered leaves nothing, not a credit.
    cast(
        case when is_taken_back then 0 when has_reversal then greatest(own_total, 0) else own_total end
        as decimal(18, 2)
    ) as own_total,
    cast(
        case when is_taken_back then 0 when has_reversal then greatest(total, 0) else total end
        as decimal(18, 2)
    ) as total,
    is_link_certain,
    is_amount_unknown,
    rows_used + case when is_taken_back then 1 else 0 end as rows_used,
    origin
from paired
where settlement_id not in (select reversal_id from taken_back)
