{#- How a recorded death is said in a sentence: the day by which it had happened, and who recorded it. -#}
{% macro death_words() -%}
    concat(
        case died_precision
            when 'month' then substr(cast(died_by as varchar), 1, 7)
            when 'year' then substr(cast(died_by as varchar), 1, 4)
            when 'cancelled' then concat('不晚于 ', cast(died_by as varchar))
            else cast(died_by as varchar)
        end,
        ' 死亡（',
        replace(replace(replace(source_feeds, 'cremation', '殡葬/卫健'), 'death', '公安'), ';', '、'),
        ' ', sources, ' 个来源）'
    )
{%- endmacro %}

{#- A word of a list as the reference tables hold it: no blanks, half-width brackets. -#}
{% macro plain_word(word) -%}
    replace(replace(replace(replace({{ word }}, ' ', ''), '　', ''), '（', '('), '）', ')')
{%- endmacro %}

{#- The words of a policy list, one row each; none where the policy says nothing. -#}
{% macro policy_words(parameter, as_column='word') -%}
    select unnest(string_split(value, ';')) as {{ as_column }}
    from policy
    where parameter = '{{ parameter }}'
{%- endmacro %}
