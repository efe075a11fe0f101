"""The made-up county: people with planted truth, written out as the agencies would send them."""
