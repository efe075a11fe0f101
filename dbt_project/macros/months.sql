{#- The month of the run as text (YYYY-MM), and its first and last day. A month is an argument, never a clock. -#}
{% macro this_month() -%} '{{ var("month") }}' {%- endmacro %}

{% macro first_day() -%} cast('{{ var("month") }}-01' as date) {%- endmacro %}

{% macro last_day_of_month() -%} last_day(cast('{{ var("month") }}-01' as date)) {%- endmacro %}

{#- A date's month as YYYY-MM. -#}
{% macro month_of(day) -%} substr(cast({{ day }} as varchar), 1, 7) {%- endmacro %}

{#- The latest day that a date of this precision can mean: a death known by month may be its last day. -#}
{% macro latest_day(day, precision) -%}
    case {{ precision }}
        when 'year' then cast(concat(substr(cast({{ day }} as varchar), 1, 4), '-12-31') as date)
        when 'month' then last_day({{ day }})
        else {{ day }}
    end
{%- endmacro %}

{#- The month before the month of the run. -#}
{% macro month_before() -%}
    substr(cast({{ first_day() }} - interval 1 month as varchar), 1, 7)
{%- endmacro %}
