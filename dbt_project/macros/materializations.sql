{#- The warehouse file is made anew beside the one in use and takes its place when all of it stands. So a table or a view
    is made under its own name at once: no name aside, no renaming, no copy of what was there before. -#}
{% materialization table, adapter="duckdb" %}
    {%- set made = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main") -%}
        create or replace table {{ made }} as ({{ compiled_code }});
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({"relations": [made]}) }}
{% endmaterialization %}

{% materialization view, adapter="duckdb" %}
    {%- set made = this.incorporate(type="view") -%}
    {{ run_hooks(pre_hooks) }}
    {% call statement("main") -%}
        create or replace view {{ made }} as ({{ compiled_code }});
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({"relations": [made]}) }}
{% endmaterialization %}
