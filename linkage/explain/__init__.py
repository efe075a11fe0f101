"""Explain: why a description belongs to a person, in words and weights, for staff and for whoever asks."""
