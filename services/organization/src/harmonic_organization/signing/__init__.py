"""Signing: passwords and keys made safe with real cryptography. Argon2id for passwords, Ed25519 for tokens."""
