"""The embedded platform: every service in one process, SQLite and no broker."""
