"""Users, organizations, projects, roles and the tokens that prove them."""
