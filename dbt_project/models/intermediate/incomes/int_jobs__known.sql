-- Who is known to be in work, since when for the first time, and who went away for it. A doubtful link gives nobody a
-- deduction. The feed is a slot: while it has not come there are no rows, and the deductions say so.
with
workers as (
    select * from {{ ref('stg_employment__workers') }}
    where person_id is not null and is_link_certain
)

select
    person_id,
    min(first_job_on) as first_job_on,
    -- A blank state on the register of who is in work says that he is.
    bool_or(coalesce(state, '在业') = '在业') as is_in_work,
    bool_or(coalesce(away, '否') = '是') as is_away
from workers
group by person_id
