-- Which descriptions of the month say too little to be linked, even with themselves.
select
    measured.by as group_kind,
    value as group_value,
    descriptions,
    looked,
    unlinkable,
    share
from {{ source('lake', 'linkage_unlinkables') }} as measured
where month = {{ this_month() }}
