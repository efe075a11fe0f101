-- Every call for help that is on the table this month, from whichever door it came in: 12345 tickets, own
-- declarations and tips, flags of other departments. On the table = received or closed this month, or still open.
-- Ages are the least that the record allows: a ticket that tells the day alone was received at its end and closed
-- at its beginning. What the agency has not closed may have been answered on a warning list: that ends it too. Who found
-- nothing in it once may be asked to look again (`is_refuted_once`).
with
hotline as (
    select * from {{ ref('stg_hotline__tickets') }}
),

declarations as (
    select * from {{ ref('stg_declaration__tickets') }}
),

flags as (
    select * from {{ ref('stg_partner_flag__flags') }}
),

persons as (
    select * from {{ ref('int_persons__described') }}
),

channels as (
    select * from {{ ref('discovery_channel') }}
),

dispositions as (
    select * from {{ source('lake', 'dispositions') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits(['answer_hours', 'urgent_hours']) }}
),

urgent_words as (
    {{ policy_words('urgent_need_words') }}
),

closed_states as (
    {{ policy_words('ticket_closed_states', as_column='state') }}
),

settling as (
    {{ policy_words('answers_that_settle', as_column='result') }}
),

doubted as (
    {{ policy_words('second_look_answers', as_column='result') }}
),

tickets as (
    select
        'hotline' as feed,
        ticket_no,
        month,
        file,
        sheet,
        row,
        person_id,
        is_link_certain,
        channel as word,
        cast(null as varchar) as agency,
        cast(null as varchar) as flag,
        coalesce(need, '') as words,
        address,
        state,
        received_at as received_on,
        received_by,
        closed_at as closed_on,
        closed_from
    from hotline
    union all
    select
        'declaration' as feed,
        ticket_no,
        month,
        file,
        sheet,
        row,
        person_id,
        is_link_certain,
        channel as word,
        cast(null as varchar) as agency,
        cast(null as varchar) as flag,
        coalesce(need, '') as words,
        address,
        state,
        received_at as received_on,
        received_by,
        closed_at as closed_on,
        closed_from
    from declarations
    union all
    -- A flag has no number, no state and no day of closing of its own: it is open until it is answered.
    select
        'partner_flag' as feed,
        concat(
            'B',
            substr(md5(concat_ws('|', agency, flag, flagged_on, coalesce(person_id, concat_ws('|', file, sheet, row)))), 1, 12)
        ) as ticket_no,
        month,
        file,
        sheet,
        row,
        person_id,
        is_link_certain,
        agency as word,
        agency,
        flag,
        concat_ws(' ', flag, note) as words,
        cast(null as varchar) as address,
        cast(null as varchar) as state,
        flagged_on as received_on,
        flagged_by as received_by,
        cast(null as date) as closed_on,
        cast(null as timestamp) as closed_from
    from flags
),

named as (
    select
        tickets.*,
        concat(tickets.feed, '|', tickets.ticket_no) as ticket_id,
        {{ warning_id("'R04'", "concat(tickets.feed, '|', tickets.ticket_no)", "'not answered'") }} as warning_id
    from tickets
    where coalesce(received_on, {{ last_day_of_month() }}) <= {{ last_day_of_month() }}
),

answers as (
    select
        dispositions.warning_id,
        max_by(dispositions.result, concat(dispositions.month, coalesce(dispositions.checked_on, ''))) as result,
        max(try_cast(dispositions.checked_on as date)) as checked_on,
        count(distinct coalesce(dispositions.list_month, dispositions.month)) = 1
        and bool_and(doubted.result is not null) as is_refuted_once
    from dispositions
    inner join settling on dispositions.result = settling.result
    left join doubted on dispositions.result = doubted.result
    where dispositions.warning_id is not null
    group by dispositions.warning_id
),

hurried as (
    select
        named.ticket_id,
        min(urgent_words.word) as urgent_word
    from named
    inner join urgent_words on contains(named.words, urgent_words.word)
    group by named.ticket_id
),

places as (
    select distinct
        township,
        village
    from persons
    where township is not null and village is not null
),

addressed as (
    -- Only for a ticket that nobody could be found for: its place is what its address says.
    select
        named.ticket_id,
        min_by(places.township, concat(places.township, places.village)) as township,
        min(places.village) as village
    from named
    inner join places on contains(named.address, places.township) and contains(named.address, places.village)
    where named.person_id is null
    group by named.ticket_id
    having count(*) = 1
),

timed as (
    select
        named.*,
        hurried.urgent_word,
        coalesce(exact_channel.channel, any_channel.channel) as channel,
        answers.result,
        answers.checked_on,
        coalesce(answers.is_refuted_once, false) as is_refuted_once,
        addressed.township,
        addressed.village,
        hurried.urgent_word is not null as is_urgent,
        case when hurried.urgent_word is not null then limits.urgent_hours else limits.answer_hours end as clock_hours,
        closed_states.state is not null or named.closed_on is not null as is_closed,
        date_diff(
            'minute',
            named.received_by,
            case
                when named.closed_from is not null then named.closed_from
                -- Closed, and nobody wrote when.
                when closed_states.state is not null then cast(null as timestamp)
                when answers.result is not null then cast(answers.checked_on as timestamp)
                else cast({{ last_day_of_month() }} as timestamp) + to_days(1)
            end
        ) as minutes
    from named
    cross join limits
    left join hurried on named.ticket_id = hurried.ticket_id
    left join closed_states on trim(named.state) = closed_states.state
    left join answers on named.warning_id = answers.warning_id
    left join addressed on named.ticket_id = addressed.ticket_id
    left join channels as exact_channel on named.feed = exact_channel.feed and trim(named.word) = exact_channel.word
    left join channels as any_channel on named.feed = any_channel.feed and any_channel.word = '*'
),

counted as (
    -- Within the day that is all the record tells, the closing is not taken to lie before the receipt.
    select
        *,
        case when minutes < 0 then 0 else minutes end as minutes_at_least
    from timed
)

select
    ticket_id,
    warning_id,
    feed,
    ticket_no,
    person_id,
    is_link_certain,
    township,
    village,
    channel,
    word as channel_word,
    agency,
    flag,
    received_on,
    case when is_closed then closed_on else checked_on end as closed_on,
    is_urgent,
    urgent_word,
    cast(clock_hours as decimal(18, 2)) as clock_hours,
    cast(minutes_at_least / 60.0 as decimal(18, 2)) as hours,
    minutes_at_least <= clock_hours * 60 as is_within_clock,
    case
        when is_closed then '已办结'
        when result is not null then '已核查'
        when received_on is null then '受理时间不明'
        when minutes_at_least > clock_hours * 60 then '超时未办'
        else '办理中'
    end as state,
    result as answer,
    is_refuted_once,
    concat(feed, '/', file) as origin
from counted
where
    (not is_closed and result is null)
    or received_on >= {{ first_day() }}
    or case when is_closed then closed_on else checked_on end >= {{ first_day() }}
