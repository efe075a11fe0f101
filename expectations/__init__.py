"""The inspector at the door: whether a month's data is fit to be used."""
