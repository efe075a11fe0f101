-- Every row of every file of the month accounted for: landed, quarantined or furniture.
select
    feed,
    count(distinct file) as files,
    cast(sum(rows) as bigint) as rows,
    cast(sum(landed) as bigint) as landed,
    cast(sum(quarantined) as bigint) as quarantined,
    cast(sum(furniture) as bigint) as furniture
from {{ source('lake', 'row_account') }}
where month = {{ this_month() }}
group by feed
