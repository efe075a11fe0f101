-- What each household is said to earn: the rural list by its five parts and per head, the roster per head
-- only. The figure stands on every member's row: where rows differ the head's own row speaks, then the first.
with
rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
    where household_no is not null
),

roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }} and case_no is not null
),

members as (
    select * from {{ ref('int_members__listed') }}
),

policy as (
    select * from {{ ref('int_policy_in_force') }}
),

choice as (
    select
        max(case when parameter = 'standard_by' then value end) as standard_by,
        max(case when parameter = 'urban_place_words' then value end) as urban_words
    from policy
),

urban_words as (
    select unnest(string_split(urban_words, ';')) as word
    from choice
),

statements as (
    select
        concat('household_no:', household_no) as household_key,
        'rural_monitoring' as feed,
        relation,
        income_wage,
        income_business,
        expense_business,
        income_property,
        income_transfer,
        income_pc_year,
        cast(null as integer) as size_stated,
        -- The list is the countryside's; who lives in the town is told by the village's own name.
        '农村' as hukou_kind,
        village as residence,
        file,
        sheet,
        row
    from rural
    union all
    select
        concat('case_no:', case_no),
        'assistance_roster',
        relation,
        cast(null as decimal(18, 2)),
        cast(null as decimal(18, 2)),
        cast(null as decimal(18, 2)),
        cast(null as decimal(18, 2)),
        cast(null as decimal(18, 2)),
        cast(income_pc_month * 12 as decimal(18, 2)),
        household_size,
        place_kind,
        coalesce(nullif(residence_address, ''), village),
        file,
        sheet,
        row
    from roster
),

ranked as (
    select
        *,
        row_number() over (
            partition by household_key
            order by
                case when income_pc_year is null then 1 else 0 end,
                case when relation in ('01', '02') then 0 else 1 end,
                file,
                sheet,
                row
        ) as place
    from statements
),

speaking as (
    select * from ranked
    where place = 1
),

counted as (
    select
        household_key,
        count(distinct income_pc_year) as figures,
        max(size_stated) as size_stated,
        string_agg(distinct concat(feed, '/', file), ';' order by concat(feed, '/', file)) as origin
    from statements
    group by household_key
),

sized as (
    select
        household_key,
        count(*) as listed,
        count(*) filter (where is_dead) as dead
    from members
    group by household_key
),

in_town as (
    select distinct speaking.household_key
    from speaking
    inner join urban_words on speaking.residence like concat('%', urban_words.word, '%')
),

placed as (
    select
        speaking.*,
        choice.standard_by,
        in_town.household_key is not null as lives_in_town
    from speaking
    cross join choice
    left join in_town on speaking.household_key = in_town.household_key
)

select
    placed.household_key,
    placed.feed,
    counted.origin,
    placed.income_wage,
    placed.income_business,
    placed.expense_business,
    placed.income_property,
    placed.income_transfer,
    placed.income_pc_year,
    cast(counted.figures as integer) as figures,
    -- The family as the roster states it: more people than a case insures share its income.
    cast(greatest(sized.listed, coalesce(counted.size_stated, 0)) as integer) as size,
    cast(greatest(sized.listed, coalesce(counted.size_stated, 0)) - sized.dead as integer) as members,
    cast(sized.dead as integer) as dead,
    case
        when placed.standard_by = 'residence' and placed.residence is not null
            then case when placed.lives_in_town then 'urban' else 'rural' end
        when placed.hukou_kind = '城市' then 'urban'
        when placed.hukou_kind = '农村' then 'rural'
        when placed.lives_in_town then 'urban'
        else 'rural'
    end as standard_kind
from placed
inner join counted on placed.household_key = counted.household_key
inner join sized on placed.household_key = sized.household_key
