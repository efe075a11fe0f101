"""Returns desk: what the villages send back."""
