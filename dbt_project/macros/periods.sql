{#- Every entry, exit and move from one month to another, both included (YYYY-MM): what earlier months recorded and
    what this month records. The report of a period (R086) is their sum. -#}
{% macro population_changes_between(first_month, last_month) -%}
    select
        effective_month,
        class,
        source_feed,
        change,
        category,
        from_class,
        to_class,
        township,
        from_township,
        person_id
    from {{ source('lake', 'changes_past') }}
    where effective_month >= {{ first_month }} and effective_month <= {{ last_month }}
    union all
    select
        effective_month,
        class,
        source_feed,
        change,
        category,
        from_class,
        to_class,
        township,
        from_township,
        person_id
    from {{ ref('fct_population_change_monthly') }}
    where effective_month >= {{ first_month }} and effective_month <= {{ last_month }}
{%- endmacro %}

{#- The month so many months before this one, as YYYY-MM. -#}
{% macro months_before(months) -%}
    {{ month_of("cast(" ~ first_day() ~ " - to_months(cast(" ~ months ~ " as integer)) as date)") }}
{%- endmacro %}
