"""The ways behind the public port: which service answers a path, and how a request gets there and back."""
