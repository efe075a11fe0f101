-- What is known of a person beside the class, one row per tag and source: stated by a list (登记) or suggested by
-- what is recorded (推定, an officer confirms), and the month in which it was seen.
with
read_tags as (
    select * from {{ ref('int_tags__read') }}
),

inferred as (
    select * from {{ ref('int_tags__inferred') }}
),

tags as (
    select * from {{ ref('tags') }}
),

every as (
    select * from read_tags
    union
    select * from inferred
)

select
    every.person_id,
    every.tag,
    every.source_feed,
    tags.basis,
    {{ this_month() }} as seen_month
from every
inner join tags on every.tag = tags.tag and every.source_feed = tags.source_feed
