"""Retention: how long what is kept by policy, what is due for deletion, what later months still need, and the deletion."""
