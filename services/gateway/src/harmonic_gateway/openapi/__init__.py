"""One OpenAPI document for the whole house, merged from those of the services."""
