"""The history of the organization service's database."""
