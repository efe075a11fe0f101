"""How the platform's own work is told: runs as rows, figures for a monitor, a page, alerts by mail, lineage."""
