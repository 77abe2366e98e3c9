"""The physics database's history."""
