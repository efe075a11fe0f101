-- Every rule's subjects on one table: raised, clear, or not assessed and why. A rule whose feed did not come or
-- whose parameter has no value raises nothing: all its subjects are not assessed, with that reason.
with
{%- set rules = ['d01', 'd02', 'd03', 'c01', 'c03', 'r01', 'c08', 'q01'] %}
assessed as (
    {%- for rule in rules %}
        select * from {{ ref('int_' ~ rule ~ '__assessed') }}
        {%- if not loop.last %}
            union all
        {%- endif %}
    {%- endfor %}
),

readied as (
    select * from {{ ref('int_rules__readied') }}
),

persons as (
    select * from {{ ref('int_persons__described') }}
),

households as (
    select * from {{ ref('int_households__formed') }}
)

select
    assessed.rule_id,
    -- The same finding keeps its id from month to month.
    concat('W', substr(md5(concat_ws('|', assessed.rule_id, assessed.subject, assessed.cause)), 1, 16)) as warning_id,
    assessed.person_id,
    households.household_id,
    -- The list that raised the finding knows the township best; else where the person is known to live.
    coalesce(assessed.township, persons.township) as township,
    case when assessed.township is null then persons.village else assessed.village end as village,
    assessed.is_raised and readied.blocked_reason is null as is_raised,
    coalesce(readied.blocked_reason, assessed.unassessed_reason) as unassessed_reason,
    assessed.grade,
    assessed.amount,
    assessed.fingerprint,
    assessed.summary,
    assessed.evidence,
    readied.policy_ref
from assessed
inner join readied on assessed.rule_id = readied.rule_id
left join persons on assessed.person_id = persons.person_id
left join households on assessed.person_id = households.person_id
