-- This month's stock of cards. The card number tells the category, the level and how often the card was issued
-- anew, beside what the columns say.
with
source as (
    select * from {{ source('lake', 'disability') }}
    where month = {{ this_month() }}
),

links as (
    select * from {{ ref('stg_linkage__links') }}
    where feed = 'disability' and role = 'self'
),

linked as (
    {{ linked_rows() }}
),

categories as (
    select * from {{ ref('disability_categories') }}
),

numbered as (
    select
        *,
        regexp_extract(
            upper(card_no), '^[0-9]{17}[0-9X]([1-7])([1-4])(B([0-9]{1,2}))?$', ['digit', 'level', 'suffix', 'reissue']
        ) as told
    from linked
)

select
    numbered.month,
    numbered.file,
    numbered.sheet,
    numbered.row,
    numbered.person_id,
    numbered.is_link_certain,
    numbered.category,
    numbered.level,
    categories.category as category_by_number,
    nullif(numbered.told.level, '') as level_by_number,
    coalesce(try_cast(nullif(numbered.told.reissue, '') as integer), 0) as reissue,
    numbered.living_allowance,
    numbered.nursing_allowance,
    -- Written and not to be read as money: neither paid nor not paid.
    numbered.living_allowance is null and coalesce(numbered.living_allowance_raw, '') <> '' as is_living_unreadable,
    numbered.nursing_allowance is null and coalesce(numbered.nursing_allowance_raw, '') <> '' as is_nursing_unreadable
from numbered
left join categories on nullif(numbered.told.digit, '') = categories.digit
