-- Every row of the two lists with how the other list covers it: by the person himself, by somebody of the
-- household, by nobody (town households, for whom the rural list is not, apart), or not to be told because the row is not linked (未链接) or only doubtfully (待核).
-- direction 名单→救助: rows of the rural list. direction 救助→名单: rows of the roster.
with
rural as (
    select * from {{ ref('stg_rural_monitoring__members') }}
),

roster as (
    select * from {{ ref('stg_assistance_roster__members') }}
    where month = {{ this_month() }}
),

classes as (
    select * from {{ ref('class_crosswalk') }}
    where valid_from <= {{ last_day_of_month() }} and (valid_to is null or valid_to >= {{ last_day_of_month() }})
),

households as (
    select * from {{ ref('int_households__formed') }}
),

lists as (
    select
        'rural_monitoring' as feed,
        -- A cleared risk leaves the person on the list and outside the monitored class: it is told apart.
        case
            when coalesce(classes.is_monitored, false) and coalesce(rural.risk_cleared, '否') = '是'
                then concat(rural.class, '（风险已消除）')
            else rural.class
        end as word,
        coalesce(classes.precedence, 99) as precedence,
        rural.person_id,
        rural.is_link_certain,
        rural.household_no as list_no,
        rural.township,
        '农村' as place_kind,
        concat_ws('|', rural.file, rural.sheet, rural.row) as row_key
    from rural
    left join classes on rural.class = classes.word and classes.feed = 'rural_monitoring'
    union all
    select
        'assistance_roster' as feed,
        roster.aid_type as word,
        coalesce(classes.precedence, 99) as precedence,
        roster.person_id,
        roster.is_link_certain,
        roster.case_no as list_no,
        roster.township,
        roster.place_kind,
        concat_ws('|', roster.file, roster.sheet, roster.row) as row_key
    from roster
    left join classes on roster.aid_type = classes.word and classes.feed = 'assistance_roster'
),

best as (
    -- A person counts once in each list: under the class that the crosswalk puts first, by a sure row if he has one.
    select
        *,
        row_number() over (
            partition by feed, coalesce(person_id, row_key)
            order by case when is_link_certain then 0 else 1 end, precedence, list_no, row_key
        ) as place
    from lists
),

placed as (
    select
        best.feed,
        best.word,
        best.precedence,
        best.person_id,
        best.is_link_certain,
        best.township,
        best.place_kind,
        -- A row without a person has no household that the warehouse knows: its own number stands for it.
        coalesce(households.household_id, concat(best.feed, ':', best.list_no)) as household_id
    from best
    left join households on best.person_id = households.person_id
    where best.place = 1
),

household_words as (
    select
        feed,
        household_id,
        min_by(word, concat(lpad(cast(precedence as varchar), 2, '0'), word)) filter (where is_link_certain) as sure_word,
        bool_or(person_id is not null and not is_link_certain) as has_doubtful
    from placed
    group by feed, household_id
)

select
    case placed.feed when 'rural_monitoring' then '名单→救助' else '救助→名单' end as direction,
    placed.word,
    placed.precedence,
    placed.person_id,
    placed.household_id,
    placed.township,
    placed.place_kind,
    case
        when placed.person_id is null then '未链接'
        when not placed.is_link_certain then '待核'
        when other.is_link_certain then other.word
        when household_words.sure_word is not null then '同户覆盖'
        when other.person_id is not null or coalesce(household_words.has_doubtful, false) then '待核'
        -- The rural list is not for town households: they are no gap in it.
        when placed.place_kind = '城市' then '不适用（城市）'
        else '未覆盖'
    end as covered_by,
    case
        when placed.person_id is null then '未链接'
        when household_words.sure_word is not null then household_words.sure_word
        when not placed.is_link_certain or coalesce(household_words.has_doubtful, false) then '待核'
        when placed.place_kind = '城市' then '不适用（城市）'
        else '未覆盖'
    end as household_covered_by
from placed
left join placed as other on placed.person_id = other.person_id and placed.feed <> other.feed
left join household_words on placed.household_id = household_words.household_id and placed.feed <> household_words.feed
