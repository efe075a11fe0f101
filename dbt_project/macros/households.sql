{#- Who lived with whom on a day: persons by household number, as the lists of that month said it, without who was
    dead by then or not yet born. A person may stand under two numbers (a single-person case, a split household).
    `day` is a date in SQL. -#}
{% macro household_on(day) -%}
    select
        household_key,
        household_id,
        person_id,
        relation
    from {{ ref('int_memberships__dated') }}
    where
        from_month <= {{ month_of(day) }}
        and (to_month is null or to_month >= {{ month_of(day) }})
        and (died_by is null or died_by >= {{ day }})
        and (born_on is null or born_on <= {{ day }})
{%- endmacro %}

{#- The id of a household whose number no list of this month holds any more (as int_households__connected makes it). -#}
{% macro household_id_of(household_key) -%}
    concat('H', substr(md5({{ household_key }}), 1, 16))
{%- endmacro %}
