-- How the match weights of the month lie: links certain, for review, and the nearest pairs below the line.
select
    grade,
    rule,
    low_bits,
    high_bits,
    links
from {{ source('lake', 'linkage_histogram') }}
where month = {{ this_month() }}
