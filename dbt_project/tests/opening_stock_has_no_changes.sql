-- Where no month before is known nobody entered and nobody left: the first month is opening stock.
select balances.*
from {{ ref('fct_population_balance_monthly') }} as balances
where balances.state <> '已比较' and (balances.entered <> 0 or balances.exited <> 0 or balances.moved_in <> 0)
