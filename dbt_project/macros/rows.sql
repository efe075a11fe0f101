{#- A feed's rows with the person the linkage gave to one role of each row. A row without a link keeps a
    NULL person: it is counted, never guessed. 'new' is a person first met in this row: no link was claimed,
    so nothing about it is doubtful. -#}
{% macro linked_rows(role='self') -%}
    select
        source.*,
        links.person_id,
        coalesce(links.grade <> 'review', false) as is_link_certain
    from source
    left join links
        on
            source.month = links.month
            and source.file = links.file
            and source.sheet = links.sheet
            and source.row = links.row
{%- endmacro %}

{#- Rows of `linked` numbered within their event, the latest delivery first: place 1 is the one that speaks. -#}
{% macro numbered_events(key) -%}
    select
        *,
        row_number() over (
            partition by {{ key }}
            order by month desc, file, sheet, row
        ) as place
    from linked
{%- endmacro %}

{#- Policy parameters as one row of numbers (NULL where no rule is configured). -#}
{% macro limits(parameters) -%}
    select
        {%- for parameter in parameters %}
            max(case when parameter = '{{ parameter }}' then number end) as {{ parameter }}{{ "," if not loop.last }}
        {%- endfor %}
    from policy
{%- endmacro %}

{#- Money in a sentence: two decimals, and the word for what is not known. -#}
{% macro yuan(amount) -%} coalesce(cast(cast({{ amount }} as decimal(18, 2)) as varchar), '金额不详') {%- endmacro %}

{#- Amounts change a little every month. Only a step of this size makes an answered warning speak again. -#}
{% macro stepped(amount, step) -%}
    cast(floor({{ amount }} / greatest(coalesce({{ step }}, 1), 1)) as bigint)
{%- endmacro %}
