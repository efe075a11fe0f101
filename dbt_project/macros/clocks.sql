{#- The time of day within a date as the agency wrote it ('9:05', '2026-10-03 21:30:00', 14 digits, the fraction of a
    spreadsheet's number), as an interval since midnight; NULL where it names none. Midnight itself is what a
    cell with a bare date looks like: no time. -#}
{% macro time_of_day(raw) -%}
    nullif(
        case
            when regexp_matches({{ raw }}, '[0-9]{1,2}[:：][0-9]{2}')
                then
                    to_hours(least(cast(regexp_extract({{ raw }}, '([0-9]{1,2})[:：]([0-9]{2})', 1) as integer), 23))
                    + to_minutes(least(cast(regexp_extract({{ raw }}, '([0-9]{1,2})[:：]([0-9]{2})', 2) as integer), 59))
            when regexp_full_match({{ raw }}, '[0-9]{14}')
                then
                    to_hours(least(cast(substr({{ raw }}, 9, 2) as integer), 23))
                    + to_minutes(least(cast(substr({{ raw }}, 11, 2) as integer), 59))
            when regexp_full_match({{ raw }}, '[0-9]{5}\.[0-9]+')
                then to_minutes(cast(floor((cast({{ raw }} as double) - floor(cast({{ raw }} as double))) * 1440) as integer))
        end,
        to_hours(0)
    )
{%- endmacro %}

{#- The latest moment that a recorded time can mean: the time of day where one is told, else the end of the day, of
    the month or of the year. A clock that counts from here never runs faster than the record allows. -#}
{% macro latest_moment(day, precision, raw) -%}
    case
        when coalesce({{ precision }}, 'day') = 'day'
            then cast({{ day }} as timestamp) + coalesce({{ time_of_day(raw) }}, to_days(1))
        else cast({{ latest_day(day, precision) }} as timestamp) + to_days(1)
    end
{%- endmacro %}

{#- The earliest moment that it can mean. -#}
{% macro earliest_moment(day, precision, raw) -%}
    case
        when coalesce({{ precision }}, 'day') = 'day'
            then cast({{ day }} as timestamp) + coalesce({{ time_of_day(raw) }}, to_days(0))
        else cast({{ day }} as timestamp)
    end
{%- endmacro %}
