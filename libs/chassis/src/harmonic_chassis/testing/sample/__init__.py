"""The smallest whole service: a notebook. It shows every room of the chassis at work, and the chassis' tests run it.

It takes the name and the events of physics, so that no message is declared for tests alone.
"""
