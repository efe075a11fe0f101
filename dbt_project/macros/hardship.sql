{#- Whether somebody born on this day is so many whole years old on the last day of the month. -#}
{% macro has_turned(birth_date, years) -%}
    ({{ birth_date }} + cast({{ years }} as integer) * interval 1 year <= {{ last_day_of_month() }})
{%- endmacro %}

{#- Whether a disability of this category and level is severe; NULL where the words do not tell. `lists` holds
    the policy's levels, the further levels and the categories for which those count. -#}
{% macro is_severe_disability(category, level) -%}
    case
        when list_contains(lists.levels, {{ level }}) then true
        when list_contains(lists.extra_levels, {{ level }}) then list_contains(lists.extra_categories, {{ category }})
        when {{ level }} is not null then false
    end
{%- endmacro %}

{#- A level in the words of a card (一级), NULL where it is not known. -#}
{% macro level_word(level) -%} concat(translate({{ level }}, '1234', '一二三四'), case when {{ level }} is not null then '级' end) {%- endmacro %}

{#- One row: for which grounds this region takes a person in as a household of one, what it calls that, and
    whether the household's means need not be looked at again then (R014–R017). -#}
{% macro single_person_policy() -%}
    select
        string_split(max(case when parameter = 'single_person_grounds' then value end), ';') as single_grounds,
        string_split(max(case when parameter = 'single_person_labour_words' then value end), ';') as single_labour_words,
        max(case when parameter = 'single_person_form' then value end) as single_form,
        coalesce(max(case when parameter = 'single_person_means_test_waived' then value end) = 'yes', false) as is_waived
    from policy
{%- endmacro %}

{#- What is proposed for somebody who is hard up on this ground (and of whom `also` holds), and what becomes of the
    means test. -#}
{% macro single_person_proposal(ground, otherwise, also='true') -%}
    case
        when list_contains(single_grounds, '{{ ground }}') and {{ also }}
            then concat('拟按', single_form, '纳入低保', case when is_waived then '（可不再核对家庭经济状况）' else '' end)
        else '{{ otherwise }}'
    end
{%- endmacro %}
