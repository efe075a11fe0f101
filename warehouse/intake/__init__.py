"""The receiving dock: contracts, readers, ledger, quarantine."""
