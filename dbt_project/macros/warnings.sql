{#- The id of a finding: the same rule, subject and cause keep it from month to month. -#}
{% macro warning_id(rule, subject, cause) -%}
    concat('W', substr(md5(concat_ws('|', {{ rule }}, {{ subject }}, {{ cause }})), 1, 16))
{%- endmacro %}
