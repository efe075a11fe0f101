-- The catalogue of rules as staff read it.
select
    catalogue.rule_id,
    catalogue.title,
    catalogue.kind,
    catalogue.sentence,
    catalogue.needs_feeds,
    catalogue.check_hint,
    catalogue.requirement,
    cards.plain,
    cards.ask
from {{ ref('rule_catalogue') }} as catalogue
left join {{ ref('rule_cards') }} as cards on catalogue.rule_id = cards.rule_id
