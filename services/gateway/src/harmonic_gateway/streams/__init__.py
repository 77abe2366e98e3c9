"""Streams: the numbered events of an organization, how they are followed, and the fine progress between them."""
