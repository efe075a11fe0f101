-- Every rule's subjects on one table: raised, clear, or not assessed and why. A rule whose feed did not come or
-- whose parameter has no value raises nothing: all its subjects are not assessed, with that reason. The variable
-- `rules` narrows the table to some of them (the threshold workshop asks for one).
with
{%- set rules = var('rules', none) or [
    'c01',
    'c02',
    'c03',
    'c04',
    'c05',
    'c06',
    'c07',
    'c08',
    'c09',
    'c10',
    'c11',
    'c12',
    'c13',
    'd01',
    'd02',
    'd03',
    'g01',
    'g02',
    'g03',
    'g04',
    'g05',
    'm01',
    'q01',
    'q02',
    'r01',
    'r02',
    'r03',
    'r04',
] %}
assessed as (
    {%- for rule in rules %}
        select
            rule_id,
            subject,
            cause,
            person_id,
            township,
            village,
            is_raised,
            unassessed_reason,
            grade,
            amount,
            fingerprint,
            summary,
            evidence,
            policy_used,
            standing
        from {{ ref('int_' ~ rule ~ '__assessed') }}
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
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

homes as (
    -- Where a household lives, for its members of whom no record says it: the head's place, then anybody's.
    select
        households.household_id,
        min_by(
            concat(persons.township, '|', persons.village),
            concat(case when households.is_head then '0' else '1' end, households.person_id)
        ) as address
    from households
    inner join persons on households.person_id = persons.person_id
    where nullif(persons.township, '') is not null
    group by households.household_id
),

placed as (
    -- The list that raised the finding knows the township best; else where the person is known to live, else
    -- where the household does. The village comes from where the township came from.
    select
        assessed.*,
        households.household_id,
        coalesce(
            case when assessed.township <> '' then concat(assessed.township, '|', assessed.village) end,
            case when persons.township <> '' then concat(persons.township, '|', persons.village) end,
            homes.address
        ) as address
    from assessed
    left join persons on assessed.person_id = persons.person_id
    left join households on assessed.person_id = households.person_id
    left join homes on households.household_id = homes.household_id
),

combinations as (
    select distinct
        rule_id,
        policy_used
    from assessed
    where policy_used is not null
),

used as (
    select
        rule_id,
        policy_used,
        unnest(string_split(policy_used, ';')) as parameter
    from combinations
),

fired as (
    -- Only the lines that decided this subject, not every line of the rule.
    select
        used.rule_id,
        used.policy_used,
        string_agg(policy.reference, '; ' order by used.parameter) as policy_ref
    from used
    inner join policy on used.parameter = policy.parameter
    group by used.rule_id, used.policy_used
)

select
    placed.rule_id,
    -- The same finding keeps its id from month to month.
    {{ warning_id('placed.rule_id', 'placed.subject', 'placed.cause') }} as warning_id,
    placed.person_id,
    placed.household_id,
    split_part(placed.address, '|', 1) as township,
    nullif(split_part(placed.address, '|', 2), '') as village,
    placed.is_raised and readied.blocked_reason is null as is_raised,
    coalesce(readied.blocked_reason, placed.unassessed_reason) as unassessed_reason,
    placed.grade,
    placed.amount,
    placed.fingerprint,
    coalesce(placed.standing, placed.fingerprint) as standing,
    placed.summary,
    placed.evidence,
    coalesce(fired.policy_ref, readied.policy_ref) as policy_ref
from placed
inner join readied on placed.rule_id = readied.rule_id
left join fired on placed.rule_id = fired.rule_id and placed.policy_used = fired.policy_used
