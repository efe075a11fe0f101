-- Every call for help of the month, received, closed or still open, with its clock and the channel by which the
-- person was found (R038-R040, R060, R061, R073): the ground for a report on what each channel yields.
with
tickets as (
    select * from {{ ref('int_tickets__gathered') }}
),

persons as (
    select * from {{ ref('int_persons__described') }}
)

select
    tickets.ticket_no,
    tickets.feed,
    tickets.person_id,
    case when tickets.person_id is null then tickets.township else persons.township end as township,
    case when tickets.person_id is null then tickets.village else persons.village end as village,
    tickets.channel,
    tickets.channel_word,
    tickets.received_on,
    tickets.closed_on,
    tickets.is_urgent,
    tickets.hours,
    tickets.clock_hours,
    tickets.is_within_clock,
    tickets.state,
    tickets.answer,
    tickets.warning_id
from tickets
left join persons on tickets.person_id = persons.person_id
