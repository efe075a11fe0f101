"""Notices (校核纠错单): facts of a source that other sources or a village contradict, asked of the source and followed up."""
