-- The county first, then each township.
select
    coalesce(township, ' 全市') as township,
    aid_type,
    place_kind,
    funding_level,
    sum(cases)::BIGINT as cases,
    sum(persons)::BIGINT as persons,
    sum(approved) as approved,
    sum(cases_paid)::BIGINT as cases_paid,
    sum(payments_paid)::BIGINT as payments_paid,
    sum(paid) as paid,
    sum(payments_arrears)::BIGINT as payments_arrears,
    sum(arrears) as arrears,
    sum(payments_failed)::BIGINT as payments_failed,
    sum(failed) as failed,
    sum(payments_returned)::BIGINT as payments_returned,
    sum(returned) as returned,
    -- 低保边缘 and the like carry no amount: a blank is no gap there.
    case
        when aid_type in (select word from form_words where parameter = 'forms.aids_with_amounts')
            then sum(coalesce(approved_unknown, 0) + coalesce(payments_unknown, 0))::BIGINT
    end as unknown
from fct_payment_summary_monthly
group by aid_type, place_kind, funding_level, grouping sets ((township), ())
order by 1, aid_type, place_kind, funding_level
