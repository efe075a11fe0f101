"""The returns desk: what villages answered."""
