{#- The frame of every rule. A rule model reads: scope (who is looked at), judged (what was found), told (the
    sentence and what is proposed); `finding` closes it with the columns that `int_rules__assessed` stacks. -#}

{#- How sure a link is, in the words of the evidence. -#}
{% macro link_word(is_certain) -%} case when {{ is_certain }} then 'certain' else 'review' end {%- endmacro %}

{#- JSON pairs. An entry is a column's name (its own key), or a pair of key and expression. -#}
{% macro json_pairs(entries, indent=16) -%}
    {%- for entry in entries -%}
        {%- set key, value = (entry, entry) if entry is string else (entry[0], entry[1]) -%}
        '{{ key }}', {{ value }}{{ ",\n" ~ " " * indent if not loop.last }}
    {%- endfor -%}
{%- endmacro %}

{#- The closing select of a rule, from a relation that has subject, cause, person_id, is_raised,
    unassessed_reason, grade, amount, fingerprint, told (the sentence) and proposed (what an officer may do).
      values  what decided, as it was compared: names of columns, or pairs of key and expression
      rows    pairs of feed and how many of its rows spoke
      files   expression for the ';'-joined feed/file
      links   pairs of link and the flag that says whether it is sure
      place   false where no list of the rule says where the subject lives
      policy_used, standing  expressions; none means every parameter of the rule, and the fingerprint -#}
{% macro finding(rule, values, rows, files, links, source='told', place=true, policy_used=none, standing=none) -%}
select
    '{{ rule }}' as rule_id,
    subject,
    cause,
    person_id,
    {{ 'township' if place else 'cast(null as varchar) as township' }},
    {{ 'village' if place else 'cast(null as varchar) as village' }},
    is_raised,
    unassessed_reason,
    grade,
    cast(amount as decimal(18, 2)) as amount,
    fingerprint,
    case when is_raised then told end as summary,
    case
        when is_raised
            then cast(json_object(
                {{ json_pairs(values) }},
                'proposed', proposed,
                'rows', json_object({{ json_pairs(rows, 20) }}),
                'files', string_split({{ files }}, ';'),
                'links', json_object(
                    {%- for link in links %}
                    '{{ link[0] }}', {{ link_word(link[1]) }}{{ "," if not loop.last }}
                    {%- endfor %}
                )
            ) as varchar)
    end as evidence,
    cast({{ policy_used if policy_used is not none else 'null' }} as varchar) as policy_used,
    cast({{ standing if standing is not none else 'null' }} as varchar) as standing
from {{ source }}
{%- endmacro %}

{#- total × part ÷ whole in yuan, rounded half up to the cent once, in whole numbers: no share is rounded before
    the sum is made. NULL where anything is unknown or nothing to divide by. -#}
{% macro shared_out(total, part, whole) -%}
    cast(
        (
            2 * cast(({{ total }}) * 100 as hugeint) * cast({{ part }} as hugeint) + cast({{ whole }} as hugeint)
        ) // nullif(2 * cast({{ whole }} as hugeint), 0) as decimal(18, 0)
    ) * 0.01
{%- endmacro %}
