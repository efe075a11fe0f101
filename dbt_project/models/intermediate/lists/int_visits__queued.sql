-- One row per house that somebody would be walked to for: its place in the township's queue of the month. The cap counts
-- visits, and a house is listed whole or not at all; it is the policy's number, or one visit for so many households that
-- are known in the township, whichever gives more. In this order:
--   urgent clocks and villages under alarm, where the policy lets them pass the cap, beside it;
--   what was handed out before and left blank: new warnings do not push it off. What came back as 无法核实, and what nobody
--   looked at for `list_carried_months`, stands in line like the others (and on the sheet 结转待答复), or a village
--   that answers nothing would never be told of anything new;
--   the most pressing by what the visit is worth: per cause family the weightiest warning, since one cause told by two
--   rules is still one;
--   a share of the places for those that waited longest, so that whatever is raised has its turn in a bounded time, however
--   little it is worth;
--   a share for rules of which few answers are known: a rule that is never walked for could never prove its worth, and
--   a prior that was wrong would stay. Drawn by hash, not by chance: the month can be replayed.
with
asked as (
    select * from {{ ref('int_warnings__weighed') }}
    where not is_answered and not is_given_up and not is_between_offices
),

yields as (
    select
        rule_id,
        sum(county_answers) as answers
    from {{ ref('int_yields__learned') }}
    where township = '' and feeds = ''
    group by rule_id
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

limits as (
    {{ limits([
        'list_cap_visits', 'list_cap_households_per_visit', 'list_cap_share_longest_waiting',
        'list_cap_share_rarely_visited', 'list_carried_months', 'list_rarely_visited_answers'
    ]) }}
),

heads as (
    select * from {{ ref('int_households__formed') }}
    where is_head
),

persons as (
    select * from {{ ref('int_persons__described') }}
),

sizes as (
    select
        coalesce(nullif(persons.township, ''), '未写明乡镇') as list_township,
        count(distinct heads.household_id) as known_households
    from heads
    inner join persons on heads.person_id = persons.person_id
    group by coalesce(nullif(persons.township, ''), '未写明乡镇')
),

caps as (
    -- Without either number there is no cap.
    select
        places.list_township,
        greatest(
            limits.list_cap_visits,
            ceil(greatest(coalesce(sizes.known_households, 0), 1) / nullif(limits.list_cap_households_per_visit, 0))
        ) as cap
    from (select distinct list_township from asked) as places
    cross join limits
    left join sizes on places.list_township = sizes.list_township
),

families as (
    select
        parameter as family,
        unnest(string_split(value, ';')) as rule_id
    from policy
    where starts_with(parameter, 'cause_family_')
),

of_family as (
    select
        asked.list_township,
        asked.home,
        coalesce(families.family, asked.rule_id) as family,
        max(asked.priority) as priority
    from asked
    left join families on asked.rule_id = families.rule_id
    group by asked.list_township, asked.home, coalesce(families.family, asked.rule_id)
),

worth as (
    select
        list_township,
        home,
        -- In one order: a sum of doubles depends on it.
        list_sum(list_sort(list(priority))) as priority
    from of_family
    group by list_township, home
),

visits as (
    select
        asked.list_township,
        asked.home,
        count(*) as warnings,
        min_by(asked.passes_by, list_position(['急难时限', '答复时限', '一村多发警示'], asked.passes_by)) as passes_by,
        coalesce(
            bool_or(
                asked.opened = '结转'
                and asked.unsettled_answers = 0
                and asked.age_months <= coalesce(limits.list_carried_months, asked.age_months)
            ),
            false
        ) as is_carried,
        min(asked.listed_month) as listed_month,
        -- A second look has waited since the answer that it checks.
        min(coalesce(asked.listed_month, case when asked.is_second_look then asked.answered_month end, asked.since)) as since,
        min(coalesce(yields.answers, 0)) as fewest_answers,
        md5(concat_ws('|', {{ this_month() }}, asked.list_township, asked.home)) as draw
    from asked
    cross join limits
    left join yields on asked.rule_id = yields.rule_id
    group by asked.list_township, asked.home
),

valued as (
    select
        visits.*,
        round(worth.priority, 4) as visit_priority,
        caps.cap,
        limits.list_cap_share_longest_waiting as longest_share,
        limits.list_cap_share_rarely_visited as rarely_share,
        visits.fewest_answers < limits.list_rarely_visited_answers as is_rarely_visited
    from visits
    cross join limits
    inner join caps on visits.list_township = caps.list_township
    inner join worth on visits.list_township = worth.list_township and visits.home = worth.home
),

room as (
    select
        list_township,
        greatest(max(cap) - count(*) filter (where is_carried), 0) as places
    from valued
    where passes_by is null
    group by list_township
),

by_worth as (
    select
        valued.*,
        room.places,
        round(room.places * coalesce(valued.longest_share, 0)) as longest_places,
        round(room.places * coalesce(valued.rarely_share, 0)) as rarely_places,
        row_number() over (
            partition by valued.list_township, valued.passes_by is not null, valued.is_carried
            order by valued.visit_priority desc, valued.home
        ) as worth_place
    from valued
    left join room on valued.list_township = room.list_township
),

by_age as (
    select
        *,
        not is_carried and passes_by is null and worth_place <= places - longest_places - rarely_places as is_by_worth,
        row_number() over (
            partition by
                list_township,
                passes_by is null
                and not is_carried
                and worth_place > places - longest_places - rarely_places
                and since < {{ this_month() }}
            order by since, visit_priority desc, home
        ) as age_place
    from by_worth
),

by_rarity as (
    select
        *,
        passes_by is null
        and not is_carried
        and not is_by_worth
        and since < {{ this_month() }}
        and age_place <= longest_places as is_by_age,
        row_number() over (
            partition by
                list_township,
                passes_by is null
                and not is_carried
                and not is_by_worth
                and is_rarely_visited
                and not (since < {{ this_month() }} and age_place <= longest_places)
            order by fewest_answers, draw
        ) as rarity_place
    from by_age
),

seated as (
    select
        *,
        case
            when passes_by is not null then 0
            when is_carried then 1
            when is_by_worth then 2
            when is_by_age then 3
            when is_rarely_visited and rarity_place <= rarely_places then 4
            else 5
        end as seat
    from by_rarity
)

select
    list_township,
    home,
    warnings,
    passes_by,
    visit_priority,
    since,
    cap,
    case seat
        when 0 then passes_by
        when 1 then '结转'
        when 2 then '轻重缓急'
        when 3 then '等候最久'
        when 4 then '核查较少的规则'
        else '轻重缓急'
    end as listed_by,
    row_number() over (
        partition by list_township, seat = 0
        order by
            seat,
            case when seat = 1 then listed_month end nulls last,
            case when seat = 3 then since end nulls last,
            visit_priority desc,
            home
    ) as place,
    seat = 0 as is_beside_cap
from seated
