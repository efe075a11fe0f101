-- One row per person whom at least one source records dead. A record is evidence, not a verdict: how many
-- independent sources, the earliest day by which the death had happened, and how sure the links are.
with
police as (
    select * from {{ ref('stg_death__cancellations') }}
),

cremations as (
    select * from {{ ref('stg_cremation__deaths') }}
),

records as (
    -- A cancelled hukou for another reason is no death. Without a day of death the day of cancelling is the
    -- latest day on which it can have happened.
    select
        person_id,
        is_link_certain,
        'death' as source_feed,
        concat('death/', file) as origin,
        coalesce({{ latest_day('died_on', 'died_on_precision') }}, cancelled_on) as died_by,
        case when died_on is null then 'cancelled' else coalesce(died_on_precision, 'day') end as died_precision
    from police
    where reason = '死亡' and person_id is not null
    union all
    select
        person_id,
        is_link_certain,
        'cremation' as source_feed,
        concat('cremation/', file) as origin,
        {{ latest_day('died_on', 'died_on_precision') }} as died_by,
        coalesce(died_on_precision, 'day') as died_precision
    from cremations
    where person_id is not null
)

select
    person_id,
    min(died_by) as died_by,
    min_by(died_precision, concat(cast(died_by as varchar), died_precision)) as died_precision,
    count(distinct source_feed) as sources,
    string_agg(distinct source_feed, ';' order by source_feed) as source_feeds,
    bool_and(is_link_certain) as is_link_certain,
    count(*) filter (where source_feed = 'death') as police_rows,
    count(*) filter (where source_feed = 'cremation') as cremation_rows,
    string_agg(distinct origin, ';' order by origin) as origins
from records
where died_by is not null
group by person_id
