"""The people's door: the ``doudi`` command and the made-up county."""
