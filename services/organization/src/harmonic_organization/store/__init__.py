"""The organization service's own tables and the queries on them."""
