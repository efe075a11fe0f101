"""Recipes that make values comparable, raw kept."""
