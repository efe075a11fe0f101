-- One row per settlement row as an event, reversals still beside what they reverse (netted in intermediate).
with
source as (
    select * from {{ source('lake', 'medical_settlement') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'medical_settlement' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- The sign is part of the key: a reversal may keep the state and come with negative money.
    select
        *,
        row_number() over (
            partition by settlement_id, state, coalesce(total < 0 or own_total < 0, false)
            order by month desc, file, sheet, row
        ) as place
    from linked
)

select
    month,
    file,
    sheet,
    row,
    person_id,
    is_link_certain,
    settlement_id,
    settled_at,
    care_type,
    total,
    own_total,
    assistance_paid,
    state = '0' as is_reversal
from numbered
where place = 1
