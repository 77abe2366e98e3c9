"""The ai database: tables and queries."""
