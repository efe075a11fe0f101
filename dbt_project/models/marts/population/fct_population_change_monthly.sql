-- Entries, exits and moves between classes against the month before, each with the reason that the evidence gives
-- (R086; 自然减员 is category 死亡). A month without a month before has no rows: everybody in it is opening stock,
-- which fct_population_balance_monthly says.
with
compared as (
    select * from {{ ref('int_population__compared') }}
),

exits as (
    select * from {{ ref('int_exits__explained') }}
),

entries as (
    select * from {{ ref('int_entries__explained') }}
)

select
    concat(
        'C',
        substr(
            md5(concat_ws(
                '|', {{ this_month() }}, compared.previous_person_id, compared.person_id, compared.change,
                coalesce(compared.from_class, ''), coalesce(compared.to_class, '')
            )),
            1,
            16
        )
    ) as change_id,
    compared.person_id,
    compared.household_id,
    compared.township,
    compared.village,
    coalesce(compared.to_class, compared.from_class) as class,
    compared.change,
    case compared.change
        when '转类' then '转类'
        when '退出' then exits.category
        else entries.category
    end as category,
    case compared.change
        when '转类' then concat(compared.from_word, '→', compared.to_word)
        when '退出' then exits.reason
        else entries.reason
    end as reason,
    case compared.change
        when '转类' then compared.source_feed
        when '退出' then exits.reason_source
        else entries.reason_source
    end as reason_source,
    compared.from_class,
    compared.to_class,
    {{ this_month() }} as effective_month,
    compared.list_no as case_no,
    compared.source_feed,
    compared.from_township,
    compared.previous_person_id
from compared
left join exits
    on
        compared.change = '退出'
        and compared.previous_person_id = exits.previous_person_id
        and compared.from_class = exits.from_class
left join entries
    on
        compared.change = '新增'
        and compared.person_id = entries.person_id
        and compared.to_class = entries.to_class
