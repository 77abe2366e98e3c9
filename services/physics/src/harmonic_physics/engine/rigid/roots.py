"""The moment in a step at which two bodies begin to touch."""

from collections.abc import Callable


def first_touch(distance: Callable[[float], float]) -> float:
    """Share of a step, 0..1, at which the signed distance becomes 0, to 1e-12 of the step: Illinois' false position.

    0 where they touch at the start already; 1 where rounding keeps them apart at the end.
    """
    low, high, f_low, f_high = 0.0, 1.0, distance(0.0), distance(1.0)
    if f_low <= 0:
        return 0.0
    side = 0
    for _ in range(100):
        if f_high >= 0 or high - low < 1e-12:
            break
        share = (low * f_high - high * f_low) / (f_high - f_low)
        f = distance(share)
        if f <= 0:
            high, f_high = share, f
            f_low, side = (f_low / 2 if side == 1 else f_low), 1
        else:
            low, f_low = share, f
            f_high, side = (f_high / 2 if side == -1 else f_high), -1
    return high
