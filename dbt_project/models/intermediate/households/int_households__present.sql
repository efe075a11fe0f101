-- Who lives with whom on the last day of the month.
{{ household_on(last_day_of_month()) }}
