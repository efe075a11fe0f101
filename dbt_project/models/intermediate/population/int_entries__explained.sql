-- Why somebody came into a class: as the list itself says (cause and date of admission), with what the months
-- before tell: the household stood there already, the person had been in the class before, the list names an
-- older date. A list that writes no cause says so.
with
entries as (
    select * from {{ ref('int_population__compared') }}
    where change = '新增'
),

before as (
    select * from {{ source('lake', 'population_before') }}
),

past as (
    select * from {{ source('lake', 'population_past') }}
),

followed as (
    select * from {{ ref('stg_linkage__followed') }}
),

standings as (
    select * from {{ ref('int_standings__listed') }}
),

paired as (
    select * from {{ ref('int_changes__paired') }}
),

memberships as (
    select * from {{ ref('int_memberships__dated') }}
    where from_month = {{ this_month() }}
),

moved as (
    select distinct person_id
    from {{ source('lake', 'events') }}
    where kind = 'move' and month = {{ this_month() }}
),

reasons as (
    select * from {{ ref('change_reasons') }}
    where change = '新增'
),

numbers_before as (
    select distinct
        source_feed,
        class,
        unnest(string_split(list_no, ';')) as list_no
    from before
),

known_before as (
    select distinct
        coalesce(followed.person_id, past.person_id) as person_id,
        past.class
    from past
    left join followed on past.person_id = followed.old_id
),

admitted as (
    select
        person_id,
        class,
        min(entered_on) as entered_on
    from standings
    group by person_id, class
),

words as (
    select unnest(string_split(answer_words, ';')) as word
    from reasons
    where category = '户内增员'
),

joined as (
    -- How the list says he came into the household; a plain 新列名 adds nothing.
    select
        person_id,
        feed,
        min(entered_as) as entered_as
    from memberships
    inner join words on memberships.entered_as = words.word
    group by person_id, feed
),

evidence as (
    select
        entries.person_id,
        entries.to_class,
        '身份更正' as category,
        '登记行从另一身份改归' as reason,
        'linkage' as reason_source
    from entries
    inner join moved on entries.person_id = moved.person_id
    union all
    select
        entries.person_id,
        entries.to_class,
        '疑似登记更正' as category,
        '同证本月有一名无证件号的同性别者不再列名' as reason,
        'linkage' as reason_source
    from entries
    inner join paired on entries.person_id = paired.came_id and entries.to_class = paired.class
    union all
    select
        entries.person_id,
        entries.to_class,
        '再次纳入' as category,
        concat('曾属本类，现再次列名', coalesce('：' || entries.cause, '')) as reason,
        entries.source_feed as reason_source
    from entries
    inner join known_before on entries.person_id = known_before.person_id and entries.to_class = known_before.class
    union all
    select
        entries.person_id,
        entries.to_class,
        '户内增员' as category,
        concat('本户上月已在册，新增成员', coalesce('：' || joined.entered_as, '')) as reason,
        entries.source_feed as reason_source
    from entries
    inner join numbers_before
        on
            entries.source_feed = numbers_before.source_feed
            and entries.to_class = numbers_before.class
            and list_contains(string_split(entries.list_no, ';'), numbers_before.list_no)
    left join joined on entries.person_id = joined.person_id and entries.source_feed = joined.feed
    union all
    select
        entries.person_id,
        entries.to_class,
        '补录' as category,
        concat('纳入时间 ', cast(admitted.entered_on as varchar), ' 早于上月，上月未列名', coalesce('：' || entries.cause, ''))
            as reason,
        entries.source_feed as reason_source
    from entries
    inner join admitted on entries.person_id = admitted.person_id and entries.to_class = admitted.class
    where admitted.entered_on < {{ first_day() }} - interval 1 month
    union all
    select
        person_id,
        to_class,
        '新纳入' as category,
        coalesce(cause, '名册未写致贫原因') as reason,
        source_feed as reason_source
    from entries
),

ordered as (
    select
        evidence.*,
        row_number() over (
            partition by evidence.person_id, evidence.to_class
            order by reasons.place, evidence.reason_source, evidence.reason
        ) as turn
    from evidence
    inner join reasons on evidence.category = reasons.category
)

select
    person_id,
    to_class,
    category,
    reason,
    reason_source
from ordered
where turn = 1
