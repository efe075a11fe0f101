"""What the DAGs share: assets, months, retry policy, alerts."""
