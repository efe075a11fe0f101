-- The tables of words hold together: what a vocabulary calls is a word of the crosswalk, its times do not overlap, and
-- a word that makes a tag makes one that the table of tags names for that list.
with
crosswalk as (
    select * from {{ ref('class_crosswalk') }}
),

words as (
    select * from {{ ref('class_words') }}
),

tag_words as (
    select * from {{ ref('tag_words') }}
),

tags as (
    select * from {{ ref('tags') }}
)

select
    'no such word' as fault,
    words.feed,
    words.called as word
from words
left join crosswalk on words.feed = crosswalk.feed and words.word = crosswalk.word
where crosswalk.word is null
union all
select
    'two vocabularies at once' as fault,
    words.feed,
    words.called as word
from words
inner join words as others
    on
        words.feed = others.feed
        and words.word = others.word
        and words.vocabulary < others.vocabulary
        and others.valid_from <= coalesce(words.valid_to, others.valid_from)
union all
select
    'no such tag' as fault,
    tag_words.feed,
    tag_words.word
from tag_words
left join tags on tag_words.feed = tags.source_feed and tag_words.tag = tags.tag
where tags.tag is null
