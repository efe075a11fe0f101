-- How good the links of the month are, by group and method, each rate with its interval.
select
    measure,
    measured.by as group_kind,
    value as group_value,
    method,
    estimate,
    low,
    high,
    rows as cases,
    evidence,
    note
from {{ source('lake', 'linkage_quality') }} as measured
where month = {{ this_month() }}
