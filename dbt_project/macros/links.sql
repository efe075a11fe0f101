{#- Rules under which a surely linked row shows somebody else's id (the same list as `linkage.reading.BORROWED`). -#}
{% macro shows_anothers_id(rule) -%}
    {{ rule }} in ('L15', 'L17', 'L18', 'L23')
{%- endmacro %}
