-- Who holds a disability card this month, one row per person: the newest card speaks (a card issued again has
-- B1, B2 … behind its number), and whether it is severe by the policy's levels and categories.
with
cards as (
    select * from {{ ref('stg_disability__cards') }}
    where person_id is not null
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

lists as (
    select
        string_split(max(case when parameter = 'severe_disability_levels' then value end), ';') as levels,
        string_split(max(case when parameter = 'severe_disability_extra_levels' then value end), ';') as extra_levels,
        string_split(max(case when parameter = 'severe_disability_extra_categories' then value end), ';') as extra_categories
    from policy
),

weighed as (
    select
        cards.*,
        {{ is_severe_disability('cards.category', 'cards.level') }} as is_severe_by_columns,
        {{ is_severe_disability('cards.category_by_number', 'cards.level_by_number') }} as is_severe_by_number,
        count(*) over (partition by cards.person_id) as cards_held,
        row_number() over (
            partition by cards.person_id
            order by
                case when cards.is_link_certain then 0 else 1 end,
                cards.reissue desc,
                cards.file desc,
                cards.sheet desc,
                cards.row desc
        ) as place
    from cards
    cross join lists
)

select
    person_id,
    coalesce(category, category_by_number) as category,
    coalesce(level, level_by_number) as level,
    -- The columns and the number must not contradict each other on what decides.
    case
        when is_severe_by_columns is null or is_severe_by_number is null or is_severe_by_columns = is_severe_by_number
            then coalesce(is_severe_by_columns, is_severe_by_number)
    end as is_severe,
    coalesce(is_severe_by_columns <> is_severe_by_number, false) as is_contradictory,
    reissue,
    cards_held,
    living_allowance,
    nursing_allowance,
    is_living_unreadable,
    is_nursing_unreadable,
    is_link_certain,
    concat('disability/', file) as origins
from weighed
where place = 1
