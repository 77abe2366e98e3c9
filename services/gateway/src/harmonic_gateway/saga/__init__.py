"""The performance saga, pure: state and message in, state and messages out. simulate -> render -> export."""
