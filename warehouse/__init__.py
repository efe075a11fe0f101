"""The warehouse: dock, shelves, dispatch bay and returns desk."""
