-- A warning proposes a check by a person: none goes out without saying what is proposed, or on which files it rests.
select
    rule_id,
    warning_id
from {{ ref('int_rules__assessed') }}
where
    is_raised
    and (
        nullif(json_extract_string(evidence, '$.proposed'), '') is null
        or json_extract(evidence, '$.rows') is null
        or json_extract(evidence, '$.files') is null
        or json_extract(evidence, '$.links') is null
    )
