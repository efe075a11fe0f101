"""The made-up county: people with planted truth, written out as the agencies would send them.

Two halves meet in one table. ``world`` makes the people and what really happened to them, as clean feeds
with the true person beside every name (``make_world``). ``write`` turns these into the files of an inbox:
the layouts (``layouts.yml``), the agencies' mistakes (``dirt.csv``) and late, repeated or corrected
deliveries (``deliveries.csv``) are tables; every draw is a hash, so a seed always gives the same bytes.
"""
