"""The export database: tables and queries."""
