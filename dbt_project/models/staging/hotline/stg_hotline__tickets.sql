with
source as (
    select * from {{ source('lake', 'hotline') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'hotline' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- What comes again is the same event: the latest delivery speaks.
    {{ numbered_events("ticket_no") }}
)

select
    month,
    file,
    sheet,
    row,
    person_id,
    is_link_certain,
    ticket_no,
    received_at,
    {{ latest_moment('received_at', 'received_at_precision', 'received_at_raw') }} as received_by,
    address,
    channel,
    need,
    state,
    closed_at,
    {{ earliest_moment('closed_at', 'closed_at_precision', 'closed_at_raw') }} as closed_from
from numbered
where place = 1
