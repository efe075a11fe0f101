-- Each unbroken stay of a person under a household number, and what the lists and the births say about how it began.
with
seen as (
    select * from {{ ref('int_memberships__seen') }}
),

persons as (
    select * from {{ ref('int_persons__described') }}
),

births as (
    select * from {{ ref('stg_family_planning__births') }}
    where person_id is not null and birth_date is not null
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['change_birth_months']) }}
),

words as (
    select max(value) as marriage_relations from policy
    where parameter = 'marriage_relations'
),

islands as (
    -- Months without a gap have the same difference between their place and their number.
    select
        *,
        month_place - row_number() over (partition by household_key, person_id order by month_place) as island
    from seen
),

spells as (
    select
        feed,
        household_key,
        person_id,
        min(month) as from_month,
        max(month) as last_month,
        min(month_place) as from_place,
        max(month_place) as to_place,
        min_by(relation, month_place) as relation_at_first,
        max_by(relation, month_place) as relation,
        bool_and(is_link_certain) as is_link_certain
    from islands
    group by feed, household_key, person_id, island
),

numbers as (
    select
        household_key,
        min(from_place) as first_place,
        max(to_place) as last_place
    from spells
    group by household_key
),

firsts as (
    select
        household_key,
        person_id,
        min(from_place) as first_place
    from spells
    group by household_key, person_id
),

born as (
    select
        persons.person_id,
        coalesce(min(births.birth_date), min(persons.birth_date)) as born_on
    from persons
    left join births on persons.person_id = births.person_id
    group by persons.person_id
),

elsewhere as (
    -- The same list named him under another number before: the latest such spell that had begun earlier.
    select
        spells.household_key,
        spells.person_id,
        spells.from_place,
        max_by(others.household_key, others.to_place * 100000 + others.from_place) as other_key
    from spells
    inner join spells as others
        on
            spells.feed = others.feed
            and spells.person_id = others.person_id
            and spells.household_key <> others.household_key
            and spells.from_place > others.from_place
    group by spells.household_key, spells.person_id, spells.from_place
)

select
    spells.*,
    born.born_on,
    numbers.last_place as number_last_place,
    case
        -- The list begins here: what was before it is not known.
        when spells.from_place = 1 then '首次见到'
        when spells.from_place > firsts.first_place then '重新列入'
        when
            datediff('month', born.born_on, cast(concat(spells.from_month, '-01') as date))
            <= limits.change_birth_months
            then '出生'
        when elsewhere.other_key is not null and numbers.first_place = spells.from_place then '分户'
        when
            numbers.first_place < spells.from_place
            and list_contains(string_split(words.marriage_relations, ';'), spells.relation_at_first)
            then '婚入'
        when elsewhere.other_key is not null and other_numbers.last_place < spells.from_place then '并户'
        when elsewhere.other_key is not null then '迁入'
        when numbers.first_place = spells.from_place then '新立户'
        else '新列名'
    end as entered_as
from spells
inner join numbers on spells.household_key = numbers.household_key
inner join firsts on spells.household_key = firsts.household_key and spells.person_id = firsts.person_id
cross join limits
cross join words
left join born on spells.person_id = born.person_id
left join elsewhere
    on
        spells.household_key = elsewhere.household_key
        and spells.person_id = elsewhere.person_id
        and spells.from_place = elsewhere.from_place
left join numbers as other_numbers on elsewhere.other_key = other_numbers.household_key
