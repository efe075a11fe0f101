-- How the descriptions of the month that stand alone or wait differ from those that are linked.
select
    characteristic,
    value as characteristic_value,
    linked,
    unlinked,
    linked_share,
    unlinked_share,
    standardised_difference
from {{ source('lake', 'linked_unlinked') }} as measured
where month = {{ this_month() }}
