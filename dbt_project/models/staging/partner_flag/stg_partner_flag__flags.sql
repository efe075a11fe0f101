-- Flags that other departments raise on a person. A flag has no number of its own: department, kind, day and
-- person make it one.
with
source as (
    select * from {{ source('lake', 'partner_flag') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'partner_flag' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- What comes again is the same event: the latest delivery speaks.
    {{ numbered_events("agency, flag, flagged_on, coalesce(person_id, concat(name, '|', id_no))") }}
)

select
    month,
    file,
    sheet,
    row,
    person_id,
    is_link_certain,
    agency,
    flag,
    flagged_on,
    {{ latest_moment('flagged_on', 'flagged_on_precision', 'flagged_on_raw') }} as flagged_by,
    note
from numbered
where place = 1
