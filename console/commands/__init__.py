"""One module per group of verbs of the ``doudi`` command."""
