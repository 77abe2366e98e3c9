"""What tests of services stand on: servers, a house to run a service in, tokens."""
