"""The workshop where records become persons."""
