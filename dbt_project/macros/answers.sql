{#- The feeds whose rows a warning rests on, joined by ';' in one order: those that the evidence counts a row of. -#}
{% macro feeds_of_evidence(evidence) -%}
    array_to_string(
        list_sort(
            list_filter(
                json_keys({{ evidence }}, '$.rows'),
                feed -> coalesce(try_cast(json_extract_string({{ evidence }}, concat('$.rows.', feed)) as bigint), 0) > 0
            )
        ),
        ';'
    )
{%- endmacro %}
