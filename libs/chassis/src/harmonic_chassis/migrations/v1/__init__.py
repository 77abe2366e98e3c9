"""The first version of the chassis tables. Frozen once released: a change is a new version beside it."""
