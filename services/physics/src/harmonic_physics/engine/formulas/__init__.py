"""Formulas: text to a bounded graph of whitelisted operations, its derivatives, and a flat tape for one interpreter.

Pure Python without arrays or compiler, so that a formula is checked before anything runs. Nothing is ever evaluated by
Python itself: there is no `eval`, no code is made, and what a formula may cost is bounded by its nodes.
"""
