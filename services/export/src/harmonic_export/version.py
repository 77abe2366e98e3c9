"""The version of what the formats write: raised whenever the same performance would give other bytes."""

VERSION = "1.1.0"
