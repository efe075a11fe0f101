"""Policy as dated data: values with region, validity and document, read from CSV packs and frozen.

Packs are ``<folder>/*.csv`` with the columns ``region, parameter, value, unit, valid_from, valid_to, document,
status, note``. ``region`` is a region's name or ``*`` (holds everywhere unless the region says otherwise). An
empty ``value`` means "no rule configured" (R010). dbt reads the same lines as a table.
"""

from warehouse.policy.lines import COLUMNS, EVERYWHERE, STATUSES, Line, Policy
from warehouse.policy.packs import load, read_lines

__all__ = ["COLUMNS", "EVERYWHERE", "STATUSES", "Line", "Policy", "load", "read_lines"]
