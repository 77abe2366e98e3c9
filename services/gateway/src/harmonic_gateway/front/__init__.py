"""The front door: what every request from outside meets before it reaches a service."""
