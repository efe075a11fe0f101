"""Engines beside DuckDB. ``DOUDI_ENGINE=spark`` chooses Spark for what ``docs/SPARK.md`` names; the rest stays on DuckDB."""
