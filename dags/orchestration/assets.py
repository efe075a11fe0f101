"""What one DAG leaves for the next: an asset a stage, partitioned by month."""

from __future__ import annotations

from airflow.sdk import Asset

closed = Asset(name="closed_month", uri="doudi://lake/closed")
linked = Asset(name="linked_month", uri="doudi://lake/crosswalk")
built = Asset(name="built_month", uri="doudi://lake/marts")
published = Asset(name="published_month", uri="doudi://release")
