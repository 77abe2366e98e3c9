"""The garbage collector of a service: what a start makes lives as long as the process, so it is never searched.

Modules, routes and models are hundreds of thousands of objects. Searched again and again while they are made, they cost
a sixth of the start; and every full search later would visit them all, in the middle of some request.
"""

import gc

YOUNG = 10_000
"""Objects made before the young ones are searched: a request makes thousands, and nearly all go without a search."""


def rest() -> None:
    """Before the start: search nothing."""
    gc.disable()


def resume() -> None:
    """The start is over: set apart what there is, and search what comes from now on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
    gc.enable()
