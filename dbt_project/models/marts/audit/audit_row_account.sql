-- Every row of every file of the month accounted for: landed, quarantined or furniture; of the landed ones, those that
-- were set aside because no rule can rightly use them.
with
accounts as (
    select
        feed,
        count(distinct file) as files,
        cast(sum(rows) as bigint) as rows,
        cast(sum(landed) as bigint) as landed,
        cast(sum(quarantined) as bigint) as quarantined,
        cast(sum(furniture) as bigint) as furniture
    from {{ source('lake', 'row_account') }}
    where month = {{ this_month() }}
    group by feed
),

aside as (
    select
        feed,
        cast(sum(rows) as bigint) as set_aside
    from {{ source('lake', 'set_aside') }}
    where month = {{ this_month() }}
    group by feed
)

select
    accounts.feed,
    accounts.files,
    accounts.rows,
    accounts.landed,
    accounts.quarantined,
    accounts.furniture,
    coalesce(aside.set_aside, 0) as set_aside
from accounts
left join aside on accounts.feed = aside.feed
