with
source as (
    select * from {{ source('lake', 'unemployment') }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'unemployment' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

numbered as (
    -- What comes again is the same event: the latest delivery speaks.
    select
        *,
        row_number() over (
            partition by
                coalesce(person_id, concat(name, '|', id_no)),
                registered_on
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
    registered_on,
    insured,
    migrant
from numbered
where place = 1
