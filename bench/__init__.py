"""Measurements of the house: `python -m bench [demo|start|bus|engine ...]`; figures go to bench/results.

Each measures what a user feels, beside the bar that it has to hold, or beside a peer in the same run as a ratio.
"""
