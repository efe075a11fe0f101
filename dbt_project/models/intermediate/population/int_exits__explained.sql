-- Why somebody left a class, each reason from a piece of evidence: a recorded death, a cancelled hukou, a grace
-- that ran out, a cleared risk, an income or a means test above the standard, a village's answer. Several pieces
-- may speak for one exit: the order of the reasons' table chooses. What no evidence explains stays unexplained.
with
exits as (
    select * from {{ ref('int_population__compared') }}
    where change = '退出'
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
    where died_by <= {{ last_day_of_month() }}
),

departed as (
    select person_id from {{ ref('int_persons__departed') }}
),

paired as (
    select * from {{ ref('int_changes__paired') }}
),

memberships as (
    select * from {{ ref('int_memberships__dated') }}
    where to_month is not null
),

cancelled as (
    select * from {{ ref('stg_death__cancellations') }}
    where person_id is not null and cancelled_on <= {{ last_day_of_month() }}
),

roster_before as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = substr(cast({{ first_day() }} - interval 1 month as varchar), 1, 7) and person_id is not null
),

roster_now as (
    select distinct case_no from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }}
),

rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
    where person_id is not null
),

rural_now as (
    select distinct household_no from rural
),

reports as (
    select * from {{ ref('stg_means_test__reports') }}
    where person_id is not null
),

stood as (
    select * from {{ ref('int_population__stood') }}
),

incomes as (
    select * from {{ ref('int_incomes__counted') }}
    where household_id is not null and income_year is not null and members > 0
),

members as (
    select * from {{ ref('int_households__formed') }}
),

moved as (
    select distinct other_id as person_id
    from {{ source('lake', 'events') }}
    where kind = 'move' and month = {{ this_month() }} and other_id is not null
),

dispositions as (
    select * from {{ source('lake', 'dispositions') }}
    where person_id is not null and reason_not is not null
),

followed as (
    select * from {{ ref('stg_linkage__followed') }}
),

reasons as (
    select * from {{ ref('change_reasons') }}
    where change = '退出'
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['grace_months', 'means_test_window_months']) }}
),

words as (
    -- How a membership ends when somebody goes to another household.
    select unnest(string_split(answer_words, ';')) as word
    from reasons
    where category = '户内变动'
),

exceeding as (
    {{ policy_words('means_test_exceeds_words') }}
),

leaving as (
    {{ policy_words('change_leaving_reasons') }}
),

income as (
    -- What is known of the household's income now: the rural list's figure first, then the lower one.
    select
        *,
        row_number() over (
            partition by household_id
            order by
                case when household_key like 'household_no:%' then 0 else 1 end,
                income_pc_month,
                household_key
        ) as place
    from incomes
),

graces as (
    select
        person_id,
        case_no,
        min(grace_from) as grace_from
    from roster_before
    where grace_from is not null
    group by person_id, case_no
),

answers as (
    select
        coalesce(followed.person_id, dispositions.person_id) as person_id,
        max_by(dispositions.reason_not, concat(dispositions.month, dispositions.checked_on, dispositions.file)) as reason_not
    from dispositions
    left join followed on dispositions.person_id = followed.old_id
    group by coalesce(followed.person_id, dispositions.person_id)
),

answer_words as (
    select
        category,
        unnest(string_split(answer_words, ';')) as word
    from reasons
    where answer_words is not null and category <> '户内变动'
),

kin as (
    -- Whose report speaks for whom: everybody of the household as it stands now or stood last month.
    select
        exits.person_id,
        exits.person_id as kin_id
    from exits
    union
    select
        exits.person_id,
        other.person_id as kin_id
    from exits
    inner join members as one on exits.person_id = one.person_id
    inner join members as other on one.household_id = other.household_id
    union
    select
        exits.person_id,
        stood.person_id as kin_id
    from exits
    inner join stood on exits.household_id = stood.household_id
),

tested as (
    select
        kin.person_id,
        max_by(reports.verdict, concat(cast(reports.checked_on as varchar), reports.file)) as verdict,
        max(reports.checked_on) as checked_on
    from kin
    inner join reports on kin.kin_id = reports.person_id
    cross join line
    where
        reports.checked_on <= {{ last_day_of_month() }}
        and reports.checked_on > {{ last_day_of_month() }} - to_months(cast(line.means_test_window_months as integer))
    group by kin.person_id
),

evidence as (
    select
        person_id,
        from_class,
        previous_person_id,
        '身份合并' as category,
        '两个身份核为同一人' as reason,
        'linkage' as reason_source
    from exits
    where is_merged
    union all
    select
        exits.person_id,
        exits.from_class,
        exits.previous_person_id,
        '身份更正' as category,
        '登记行改归另一身份' as reason,
        'linkage' as reason_source
    from exits
    inner join moved on exits.previous_person_id = moved.person_id
    union all
    select
        exits.person_id,
        exits.from_class,
        exits.previous_person_id,
        -- A doubtful record, or one that signs of life contradict, is no natural reduction before it is checked.
        case when departed.person_id is not null then '死亡' else '死亡（待核）' end as category,
        concat('登记 ', {{ death_words() }}, case when deaths.is_link_certain then '' else '，身份待核' end) as reason,
        deaths.source_feeds as reason_source
    from exits
    inner join deaths on exits.person_id = deaths.person_id
    left join departed on exits.person_id = departed.person_id
    union all
    select
        exits.person_id,
        exits.from_class,
        exits.previous_person_id,
        '迁出' as category,
        concat('户口注销：', cancelled.reason) as reason,
        'death' as reason_source
    from exits
    inner join cancelled on exits.person_id = cancelled.person_id
    inner join leaving on cancelled.reason = leaving.word
    union all
    select
        exits.person_id,
        exits.from_class,
        exits.previous_person_id,
        '户内变动' as category,
        concat('离开原户：', memberships.left_as) as reason,
        exits.source_feed as reason_source
    from exits
    inner join memberships
        on
            exits.person_id = memberships.person_id
            and exits.source_feed = memberships.feed
            and memberships.to_month = {{ months_before(1) }}
    inner join words on memberships.left_as = words.word
    union all
    select
        exits.person_id,
        exits.from_class,
        exits.previous_person_id,
        '渐退期满' as category,
        concat('渐退开始于 ', {{ month_of('graces.grace_from') }}, '，', cast(cast(line.grace_months as integer) as varchar), ' 个月已满') as reason,
        'assistance_roster' as reason_source
    from exits
    inner join graces
        on exits.person_id = graces.person_id and list_contains(string_split(exits.list_no, ';'), graces.case_no)
    cross join line
    where
        exits.source_feed = 'assistance_roster'
        and date_trunc('month', graces.grace_from) + to_months(cast(line.grace_months as integer)) <= {{ first_day() }}
    union all
    select
        exits.person_id,
        exits.from_class,
        exits.previous_person_id,
        '风险消除' as category,
        '防返贫名单写明风险已消除' as reason,
        'rural_monitoring' as reason_source
    from exits
    inner join rural on exits.person_id = rural.person_id
    where exits.source_feed = 'rural_monitoring' and rural.risk_cleared = '是'
    union all
    select
        exits.person_id,
        exits.from_class,
        exits.previous_person_id,
        '收入超标' as category,
        concat('核对报告 ', cast(tested.checked_on as varchar), ' 结论：', tested.verdict) as reason,
        'means_test' as reason_source
    from exits
    inner join tested on exits.person_id = tested.person_id
    inner join exceeding on tested.verdict = exceeding.word
    where exits.source_feed = 'assistance_roster'
    union all
    select
        exits.person_id,
        exits.from_class,
        exits.previous_person_id,
        '收入超标' as category,
        concat(
            '核算人均月收入 ', {{ yuan('income.income_pc_month') }}, ' 元，高于',
            case exits.from_word when '低保' then '低保标准 ' else '低收入线 ' end,
            {{ yuan("case exits.from_word when '低保' then income.standard_month else income.line_month end") }}, ' 元'
        ) as reason,
        case when income.household_key like 'household_no:%' then 'rural_monitoring' else 'assistance_roster' end as reason_source
    from exits
    inner join members on exits.person_id = members.person_id
    inner join income on members.household_id = income.household_id and income.place = 1
    where
        income.income_year
        > case exits.from_word when '低保' then income.standard_month when '低保边缘' then income.line_month end
        * 12 * income.members
    union all
    select
        exits.person_id,
        exits.from_class,
        exits.previous_person_id,
        answer_words.category,
        concat('村级答复：', answers.reason_not) as reason,
        'dispositions' as reason_source
    from exits
    inner join answers on exits.person_id = answers.person_id
    inner join answer_words on answers.reason_not = answer_words.word
    union all
    select
        exits.person_id,
        exits.from_class,
        exits.previous_person_id,
        '疑似登记更正' as category,
        '此人无证件号，同证本月新增同性别一人' as reason,
        'linkage' as reason_source
    from exits
    inner join paired on exits.previous_person_id = paired.previous_person_id and exits.from_class = paired.class
    union all
    select
        exits.person_id,
        exits.from_class,
        exits.previous_person_id,
        '不再列名（原因不明）' as category,
        case
            when roster_now.case_no is not null or rural_now.household_no is not null then '同户仍在册，仅本人不再列名'
            else '全户不再列名'
        end as reason,
        exits.source_feed as reason_source
    from exits
    left join roster_now
        on exits.source_feed = 'assistance_roster' and split_part(exits.list_no, ';', 1) = roster_now.case_no
    left join rural_now
        on exits.source_feed = 'rural_monitoring' and split_part(exits.list_no, ';', 1) = rural_now.household_no
),

ordered as (
    select
        evidence.*,
        row_number() over (
            partition by evidence.previous_person_id, evidence.from_class
            order by reasons.place, evidence.reason_source, evidence.reason
        ) as turn
    from evidence
    inner join reasons on evidence.category = reasons.category
)

select
    person_id,
    previous_person_id,
    from_class,
    category,
    reason,
    reason_source
from ordered
where turn = 1
