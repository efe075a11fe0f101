-- One row per warning of the month, held back or not: what, since when, how sure, on which evidence, what to
-- check. A warning proposes a check by a person; it stops no payment.
with
weighed as (
    select * from {{ ref('int_warnings__weighed') }}
),

visits as (
    select * from {{ ref('int_visits__queued') }}
),

rules as (
    select * from {{ ref('dim_rule') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

along as (
    select coalesce(bool_or(value = 'yes'), false) as is_asked_along from policy
    where parameter = 'second_look_along'
),

placed as (
    select
        weighed.*,
        visits.cap,
        visits.place,
        visits.listed_by,
        visits.is_beside_cap,
        coalesce(not visits.is_beside_cap and visits.place > visits.cap, false) as is_beyond_cap,
        -- Where somebody goes anyway, what was refuted once is asked again on the way.
        coalesce(
            weighed.is_second_look
            or (
                along.is_asked_along
                and weighed.is_refuted_once
                and visits.home is not null
                and (visits.is_beside_cap or visits.place <= coalesce(visits.cap, visits.place))
            ),
            false
        ) as is_asked_again
    from weighed
    cross join along
    left join visits on weighed.list_township = visits.list_township and weighed.home = visits.home
),

decided as (
    select
        *,
        case
            when is_given_up or (is_answered and not is_asked_again) then 'silent'
            when is_between_offices or is_beyond_cap then 'waiting'
            else 'listed'
        end as status,
        -- Who answered it already is told why it is asked again.
        case
            when is_asked_again
                then concat('复查：上次（', answered_month, '）核查为“', result, '”，请换一个人上门再核查一次')
        end as why_again
    from placed
)

select
    decided.warning_id,
    decided.rule_id,
    decided.person_id,
    decided.household_id,
    '{{ var("region") }}' as region,
    decided.township,
    decided.village,
    decided.grade,
    decided.status,
    case
        when decided.status = 'silent' and decided.is_answered and decided.by_rule is not null
            then concat(
                '“', coalesce(by_rules.title, decided.by_rule), '”已于 ', decided.answered_month, ' 核查（', decided.result,
                '），同一件事不再另外下发；证据变化后再下发'
            )
        when decided.status = 'silent' and decided.is_answered
            then concat('已于 ', decided.answered_month, ' 核查（', decided.result, '），证据未变，不再重复下发')
        when decided.is_given_up
            then concat('已 ', decided.unsettled_answers, ' 次答复无法核实，转县级处理；证据变化后再下发')
        when decided.is_between_offices then '部门之间衔接的事项，列入转介登记表，不派村走访'
        when decided.status = 'waiting'
            then concat(
                case when decided.why_again is not null then concat(decided.why_again, '；') else '' end,
                '本乡镇本月走访名额 ', cast(cast(decided.cap as bigint) as varchar), ' 户，本户排在候补第 ',
                cast(cast(decided.place - decided.cap as bigint) as varchar), ' 位',
                case when decided.age_months > 0 then concat('，已等 ', decided.age_months, ' 个月') else '' end,
                '，下月续排'
            )
        else nullif(concat_ws(
            '；',
            case
                when decided.why_again is not null then decided.why_again
                when decided.result is not null
                    then concat(
                        case
                            when decided.by_rule is not null
                                then concat('“', coalesce(by_rules.title, decided.by_rule), '”')
                        end,
                        '已于 ', decided.answered_month, ' 核查（', decided.result, '），此后依据有变化，请再核查一次'
                    )
            end,
            case
                when decided.listed_by in ('急难时限', '答复时限', '一村多发警示') then concat(decided.listed_by, '，不占名额')
                when decided.listed_by in ('等候最久', '核查较少的规则') then concat(decided.listed_by, '，留有名额')
            end
        ), '')
    end as status_reason,
    decided.since,
    cast(decided.amount as decimal(18, 2)) as amount,
    decided.summary,
    json_extract_string(decided.evidence, '$.proposed') as proposed,
    rules.check_hint,
    cast(
        json_merge_patch(
            cast(decided.evidence as json),
            json_object(
                'fingerprint', decided.fingerprint,
                'standing', decided.standing,
                -- The list whose answer is checked; a merge patch leaves out what is null.
                'second_look_of', case when decided.status <> 'silent' and decided.is_asked_again then decided.answered_month end
            )
        ) as varchar
    ) as evidence,
    decided.policy_ref,
    rules.requirement,
    decided.priority,
    decided.expected_yield,
    decided.clock,
    decided.due_on,
    decided.opened,
    decided.age_months,
    decided.yield_basis
from decided
inner join rules on decided.rule_id = rules.rule_id
left join rules as by_rules on decided.by_rule = by_rules.rule_id
