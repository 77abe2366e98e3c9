"""Register, login, refresh, logout."""
