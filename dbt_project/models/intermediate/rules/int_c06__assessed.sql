-- C06 on the rural list (脱贫户 too), of age, without labour capacity by the policy's words, in a household whose
-- wages and business do not bring a stable income, and on neither 低保 nor 特困 (R019, R082). What a household
-- gets as transfers and rents does not count: the question is whether work carries it.
with
rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
    where person_id is not null
),

listed as (
    select * from {{ ref('int_persons__monitored') }}
),

described as (
    select
        person_id,
        birth_date
    from {{ ref('int_persons__described') }}
),

secured as (
    select * from {{ ref('int_persons__secured') }}
),

deaths as (
    select * from {{ ref('int_deaths__recorded') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

line as (
    {{ limits(['stable_income_pc_month', 'labour_age']) }}
),

lost_words as (
    {{ policy_words('lost_labour_words') }}
),

numbered as (
    -- The household's figures stand on every member's row: the head's own row speaks, then the first.
    select
        *,
        row_number() over (
            partition by household_no
            order by case when relation in ('01', '02') then 0 else 1 end, file, sheet, row
        ) as place,
        count(*) over (partition by household_no) as members
    from rural
),

households as (
    select
        household_no,
        max(members) as members,
        min_by(income_wage, place) filter (where income_wage is not null) as wage,
        min_by(income_business, place) filter (where income_business is not null) as business,
        min_by(expense_business, place) filter (where expense_business is not null) as expense
    from numbered
    group by household_no
),

labour as (
    select
        rural.person_id,
        min(rural.labour) filter (where lost_words.word is not null) as lost,
        count(rural.labour) as labour_known,
        count(*) as rows_used
    from rural
    left join lost_words on rural.labour = lost_words.word
    group by rural.person_id
),

gathered as (
    select
        listed.*,
        labour.lost,
        labour.labour_known,
        labour.rows_used,
        households.members,
        households.expense is null as is_expense_unknown,
        described.birth_date,
        line.labour_age,
        line.stable_income_pc_month,
        secured.person_id is not null as is_secured,
        coalesce(secured.is_link_certain, false) as is_surely_secured,
        deaths.person_id is not null as is_recorded_dead,
        -- Without the expense this is the most that the business can have brought.
        households.wage + households.business - coalesce(households.expense, 0) as stable_year,
        line.stable_income_pc_month * 12 * households.members as stable_line_year
    from listed
    inner join labour on listed.person_id = labour.person_id
    inner join households on listed.household_no = households.household_no
    cross join line
    left join described on listed.person_id = described.person_id
    left join secured on listed.person_id = secured.person_id
    left join deaths on listed.person_id = deaths.person_id
    -- Whose labour is left, or who is surely a child, is no subject of this rule.
    where
        (labour.lost is not null or labour.labour_known = 0)
        and coalesce({{ has_turned('described.birth_date', 'line.labour_age') }}, true)
),

judged as (
    select
        *,
        cast(stable_year / members / 12 as decimal(18, 2)) as stable_pc_month,
        coalesce(
            lost is not null
            and birth_date is not null
            and stable_year < stable_line_year
            and not is_secured
            and not is_recorded_dead,
            false
        ) as is_raised
    from gathered
)

select
    'C06' as rule_id,
    person_id as subject,
    'no labour capacity, no stable income' as cause,
    person_id,
    township,
    village,
    is_raised,
    case
        when is_recorded_dead then '登记死亡'
        when is_secured and not is_surely_secured then '低保、特困在册身份待核'
        when is_secured or is_raised then null
        when stable_year is null then '工资性、经营性收入不明'
        when stable_year >= stable_line_year and not is_expense_unknown then null
        when stable_year >= stable_line_year then '生产经营支出不明'
        when lost is null then '劳动能力空白'
        when birth_date is null then '出生日期不明'
    end as unassessed_reason,
    case when is_link_certain then '疑似' else '提示' end as grade,
    cast(stable_income_pc_month - stable_pc_month as decimal(18, 2)) as amount,
    concat_ws('|', class, lost) as fingerprint,
    case
        when is_raised
            then concat(
                class, '，', lost, '，全户 ', members, ' 人，工资性和经营净收入人均每月 ',
                {{ yuan('stable_pc_month') }}, ' 元，低于稳定收入线 ', {{ yuan('stable_income_pc_month') }},
                ' 元，不在低保、特困；拟评估纳入低保或特困。'
            )
    end as summary,
    case
        when is_raised
            then cast(json_object(
                'class', class,
                'labour', lost,
                'household_members', members,
                'stable_income_pc_month', stable_pc_month,
                'stable_line_month', cast(stable_income_pc_month as decimal(18, 2)),
                'income_pc_year', income_pc_year,
                'proposed', '拟评估纳入低保或特困',
                'rows', json_object('rural_monitoring', rows_used, 'assistance_roster', 0),
                'files', string_split(origins, ';'),
                'links', json_object('rural', case when is_link_certain then 'certain' else 'review' end)
            ) as varchar)
    end as evidence,
    -- Every parameter of the rule.
    cast(null as varchar) as policy_used,
    cast(null as varchar) as standing
from judged
