"""Compiled loops, each file by itself: imported only by those who are about to run them."""
