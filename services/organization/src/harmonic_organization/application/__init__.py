"""The use cases: each one request's work, in its transaction, from the rules of the domain and the store."""
