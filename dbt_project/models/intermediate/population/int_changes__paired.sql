-- Exits that may be no exits: somebody known by name alone (no valid number, no birth date) is gone, and in the same
-- case, class and month somebody of the same sex came who has a number. Perhaps the list wrote in what was missing,
-- and the linkage could not tell. Each exit is paired with one entry at most; who is recorded dead is not paired.
with
compared as (
    select * from {{ ref('int_population__compared') }}
    where not is_merged
),

described as (
    select * from {{ ref('int_persons__described') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
    where died_by <= {{ last_day_of_month() }}
),

gone as (
    select
        compared.person_id,
        compared.previous_person_id,
        compared.from_class as class,
        compared.list_no,
        described.sex,
        row_number() over (
            partition by compared.from_class, compared.list_no, described.sex
            order by compared.person_id
        ) as turn
    from compared
    inner join described on compared.person_id = described.person_id
    left join deaths on compared.person_id = deaths.person_id
    where
        compared.change = '退出'
        and described.id_no is null
        and described.birth_date is null
        and described.sex is not null
        and deaths.person_id is null
),

came as (
    select
        compared.person_id,
        compared.to_class as class,
        compared.list_no,
        described.sex,
        row_number() over (
            partition by compared.to_class, compared.list_no, described.sex
            order by compared.person_id
        ) as turn
    from compared
    inner join described on compared.person_id = described.person_id
    where compared.change = '新增' and described.id_no is not null
)

select
    gone.previous_person_id,
    gone.person_id as gone_id,
    came.person_id as came_id,
    gone.class
from gone
inner join came
    on
        gone.class = came.class
        and gone.list_no = came.list_no
        and gone.sex = came.sex
        and gone.turn = came.turn
