"""What partners get under agreements: composed, checked, sealed, traced, receipted and recalled."""
