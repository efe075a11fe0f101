-- The catalogue of rules as staff read it.
select
    rule_id,
    title,
    kind,
    sentence,
    needs_feeds,
    check_hint,
    requirement
from {{ ref('rule_catalogue') }}
