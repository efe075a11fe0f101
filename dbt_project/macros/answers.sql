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

{#- Whether what a finding rests on is what it was when it was answered. Who found it untrue is asked again when its
    ground changes (`standing`), not when it goes on another month. -#}
{% macro is_same_evidence(finding, answer) -%}
    (
        coalesce({{ finding }}.fingerprint = {{ answer }}.fingerprint, false)
        or coalesce({{ answer }}.is_refuting and {{ finding }}.standing = {{ answer }}.standing, false)
    )
{%- endmacro %}

{#- Whole months from a month (YYYY-MM) to the month of the run. -#}
{% macro months_since(month) -%}
    cast(date_diff('month', cast(concat({{ month }}, '-01') as date), {{ first_day() }}) as integer)
{%- endmacro %}

{#- A number in [0, 1) that its words alone decide: a draw that can be made again, and that nobody can foresee. -#}
{% macro drawn(words) -%}
    (
        {%- for place in (1, 2, 3) %}
        (instr('0123456789abcdef', substr(md5({{ words }}), {{ place }}, 1)) - 1) / power(16.0, {{ place }}){{ ' +' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{#- The house that is walked to: whoever is of no known household is one alone. -#}
{% macro home_of(warning) -%}
    coalesce({{ warning }}.household_id, concat('person:', {{ warning }}.person_id))
{%- endmacro %}
