select
    coalesce(nullif(trim(referral.township), ''), '未写明乡镇') as township,
    coalesce(nullif(trim(referral.village), ''), '未写明村') as village,
    person.name,
    person.id_no,
    person.phone,
    referral.agency,
    referral.aid,
    referral.reason,
    referral.since,
    referral.state
from fct_referral_monthly as referral
left join dim_person as person on referral.person_id = person.person_id
order by township, referral.agency, village, referral.since, referral.referral_id
