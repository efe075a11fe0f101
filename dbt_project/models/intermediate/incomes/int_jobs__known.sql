-- Who is known to be in work, since when for the first time, and who went away for it. No agency delivers it
-- yet: the columns stand, so that the deductions speak on the day a feed comes, and until then say that none did.
select
    cast(null as varchar) as person_id,
    cast(null as date) as first_job_on,
    cast(null as boolean) as is_in_work,
    cast(null as boolean) as is_away,
    cast(null as varchar) as origin
where false
