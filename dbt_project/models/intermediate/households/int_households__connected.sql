-- Numbers of different agencies that share a person are one household. Only sure links join two numbers;
-- the household's id comes from its smallest number, so it stays while that number stays.
with recursive
keyed as (
    select * from {{ ref('int_households__keyed') }}
),

centred as (
    select
        household_key,
        min(household_key) over (partition by person_id) as centre
    from keyed
    where is_link_certain
),

edges as (
    -- Each number to the person's smallest one and back: a star, so that a person with many numbers costs
    -- as many edges and not their square.
    select distinct
        household_key as from_key,
        centre as to_key
    from centred
    where household_key <> centre
    union
    select distinct
        centre as from_key,
        household_key as to_key
    from centred
    where household_key <> centre
),

reached (household_key, root) as (
    select distinct
        from_key as household_key,
        from_key as root
    from edges
    union
    select
        edges.to_key as household_key,
        reached.root
    from reached
    inner join edges on reached.household_key = edges.from_key
    -- Only a smaller number may spread: the smallest reaches all, the rest die out early.
    where reached.root < edges.to_key
),

roots as (
    select
        household_key,
        min(root) as root
    from reached
    group by household_key
),

numbers as (
    select distinct household_key from keyed
)

select
    numbers.household_key,
    concat('H', substr(md5(coalesce(roots.root, numbers.household_key)), 1, 16)) as household_id
from numbers
left join roots on numbers.household_key = roots.household_key
