"""Dispatch bay: what leaves the house each month, whole or not at all."""
