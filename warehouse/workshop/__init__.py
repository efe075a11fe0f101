"""The threshold workshop: what past months would have been with other values of a rule's parameters."""
