"""Tokens: what proves who somebody is. Claims, refresh families, API keys and the life of signing keys; no I/O."""
