"""The notebook's migrations."""
