-- Alarms of the month for the county: many warnings of one cause in one village (R059), and since when.
with
alarmed as (
    select * from {{ ref('int_a01__alarmed') }}
),

rules as (
    select * from {{ ref('dim_rule') }}
),

before as (
    select * from {{ source('lake', 'alarms_before') }}
)

select
    alarmed.alarm_id,
    alarmed.rule_id,
    alarmed.township,
    alarmed.village,
    alarmed.cause_rule,
    alarmed.warnings,
    alarmed.households,
    alarmed.known_households,
    alarmed.share,
    coalesce(before.since, {{ this_month() }}) as since,
    concat(
        alarmed.township, alarmed.village, '本月“', rules.title, '”预警 ', alarmed.warnings, ' 条，涉及 ', alarmed.households,
        ' 户，占已知 ', alarmed.known_households, ' 户的 ', cast(cast(alarmed.share * 100 as decimal(5, 1)) as varchar),
        '%；请县级核实有无共同原因（灾情、疫情、企业停工等）。'
    ) as summary,
    alarmed.policy_ref
from alarmed
inner join rules on alarmed.cause_rule = rules.rule_id
left join before on alarmed.alarm_id = before.alarm_id
