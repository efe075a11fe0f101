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

single as (
    {{ single_person_policy() }}
),

numbered as (
    -- The household's figures stand on every member's row: the head's own row speaks, then the first.
    select
        rural.*,
        rural.labour is not null and lost_words.word is null as can_work,
        row_number() over (
            partition by rural.household_no
            order by case when rural.relation in ('01', '02') then 0 else 1 end, rural.file, rural.sheet, rural.row
        ) as place,
        count(*) over (partition by rural.household_no) as members
    from rural
    left join lost_words on rural.labour = lost_words.word
),

households as (
    select
        household_no,
        max(members) as members,
        count(*) filter (where can_work) as workers,
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
        single.*,
        households.members,
        households.workers,
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
    cross join single
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
),

told as (
    select
        *,
        person_id as subject,
        'no labour capacity, no stable income' as cause,
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
        stable_income_pc_month - stable_pc_month as amount,
        concat_ws('|', class, lost) as fingerprint,
        concat(
            -- Whose labour is lost, wholly or in part; who is merely too old for work is looked at like anybody (R015).
            {{ single_person_proposal('丧失劳动能力', '拟评估纳入低保或特困', 'list_contains(single_labour_words, lost)') }},
            -- Who can work in the house is helped to work; where nobody can, a share of assets (R082).
            case when workers > 0 then '，家中劳动力转产业就业帮扶' else '，核对资产收益帮扶' end
        ) as proposed,
        concat(
            class, '，', lost, '，全户 ', members, ' 人，工资性和经营净收入人均每月 ', {{ yuan('stable_pc_month') }},
            ' 元，低于稳定收入线 ', {{ yuan('stable_income_pc_month') }}, ' 元，不在低保、特困；', proposed, '。'
        ) as told
    from judged
)

{{ finding(
    'C06',
    values=[
        'class', ['labour', 'lost'], ['household_members', 'members'], ['household_workers', 'workers'],
        ['stable_income_pc_month', 'stable_pc_month'],
        ['stable_line_month', 'cast(stable_income_pc_month as decimal(18, 2))'],
        ['is_means_test_waived', 'is_waived'],
    ],
    rows=[['rural_monitoring', 'rows_used']],
    files='origins',
    links=[['rural', 'is_link_certain']],
) }}
