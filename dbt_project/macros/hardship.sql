{#- The words of a policy list, one row each. -#}
{% macro policy_words(parameter) -%}
    select unnest(string_split(value, ';')) as word
    from policy
    where parameter = '{{ parameter }}'
{%- endmacro %}

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
