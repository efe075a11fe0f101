-- R04 every ticket and every flag ends in an answer: open at the month's end and older than its clock, or in its agency's
-- books still open while a village found nothing in it (whether somebody looks again is the lists' matter). A ticket
-- that was closed after its clock is told in fct_ticket_monthly; nothing is left to check about it.
with
tickets as (
    select * from {{ ref('int_tickets__gathered') }}
),

judged as (
    select
        *,
        state = '已核查' and coalesce(is_refuted_once, false) as is_refuted,
        person_id is not null
        and (state = '超时未办' or (state = '已核查' and coalesce(is_refuted_once, false))) as is_raised,
        case feed
            when 'hotline' then '12345 救助工单'
            when 'declaration' then '申报登记'
            else concat(coalesce(agency, '部门'), '预警标识（', coalesce(flag, '类型不详'), '）')
        end as what
    from tickets
),

told as (
    select
        *,
        ticket_id as subject,
        'not answered' as cause,
        agency as flagged_by,
        case
            when is_raised or state in ('已办结', '已核查') then null
            when state = '受理时间不明' then '受理时间不明'
            when person_id is null then '求助人身份不明，列入工单台账'
        end as unassessed_reason,
        case when is_link_certain then '疑似' else '提示' end as grade,
        cast(null as decimal(18, 2)) as amount,
        concat_ws('|', received_on, is_urgent) as fingerprint,
        concat(
            what, '，', received_on, ' 受理，',
            -- Whole days are read more easily than hundreds of hours.
            case
                when is_refuted then concat(closed_on, ' 核查为“', answer, '”，受理部门仍未办结，用时 ')
                else concat('至 ', {{ last_day_of_month() }}, ' 未办结，已过 ')
            end,
            case
                when hours >= 48 then concat(cast(cast(floor(hours / 24) as integer) as varchar), ' 天；')
                else concat(cast(cast(floor(hours) as integer) as varchar), ' 小时；')
            end,
            case when is_urgent then concat('急难情形（', urgent_word, '），') else '' end,
            '时限 ', cast(cast(clock_hours as integer) as varchar), ' 小时。发现渠道：', coalesce(channel, '不详'), '。'
        ) as told,
        case when is_urgent then '立即入户，急难的先行救助' else '联系本人并答复，困难的指导申请' end as proposed
    from judged
)

{{ finding(
    'R04',
    values=[
        'ticket_no', 'feed', 'channel', ['received_on', 'cast(received_on as varchar)'], 'hours', 'clock_hours',
        'is_urgent', 'urgent_word', 'flagged_by', 'flag',
    ],
    rows=[
        ['hotline', "cast(feed = 'hotline' as integer)"], ['declaration', "cast(feed = 'declaration' as integer)"],
        ['partner_flag', "cast(feed = 'partner_flag' as integer)"],
    ],
    files='origin',
    links=[['ticket', 'is_link_certain']],
    policy_used="concat('ticket_closed_states;',
        case when is_urgent then 'urgent_hours;urgent_need_words' else 'answer_hours;urgent_need_words' end)",
) }}
