-- A rule that the policy names for alarms and that does not exist would be silent for ever.
with
policy as (
    select * from {{ ref('int_policy_in_force') }}
),

causes as (
    {{ policy_words('cluster_alarm_rules') }}
)

select causes.word
from causes
left join {{ ref('dim_rule') }} as rules on causes.word = rules.rule_id
where causes.word is not null and rules.rule_id is null
