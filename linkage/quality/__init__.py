"""How good the month's links are, told without a gold file: false links and missed links with intervals."""
