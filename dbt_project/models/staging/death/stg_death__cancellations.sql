with
source as (
    select * from {{ source('lake', 'death') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'death' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- A running list. Only the reason 死亡 is a death: the models that use it say so.
    {{ numbered_events("coalesce(person_id, concat(name, '|', id_no)), cancelled_on, reason") }}
)

select
    month,
    file,
    sheet,
    row,
    person_id,
    is_link_certain,
    hukou_no,
    died_on,
    died_on_precision,
    cancelled_on,
    reason
from numbered
where place = 1
