"""The dispatch bay: warning lists, ledgers, the page of the month."""
