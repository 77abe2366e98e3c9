"""Operations along time: smoothing, derivative and resampling. Pure; time is (n,), data (n,) or (n, lines)."""

import numpy as np
from numpy.typing import NDArray

from harmonic_audio.mapping.motion import MappingError

Floats = NDArray[np.float64]


def moving_mean(time: Floats, data: Floats, width: float) -> Floats:
    """The mean of the samples that lie within half a width before and after each; never outside of their range."""
    first = np.searchsorted(time, time - 0.5 * width, side="left")
    after = np.searchsorted(time, time + 0.5 * width, side="right")
    summed = np.concatenate([np.zeros((1, *data.shape[1:])), np.cumsum(data - data[0], axis=0)])
    count = (after - first).reshape(-1, *([1] * (data.ndim - 1)))
    mean = data[0] + (summed[after] - summed[first]) / count
    return np.asarray(np.clip(mean, data.min(axis=0), data.max(axis=0)))


def exponential_mean(time: Floats, data: Floats, constant: float) -> Floats:
    """A first-order lag: each step moves by 1 - exp(-dt / constant) of the way to the new sample; begins at the first.

    Exact for samples that hold until the next one, however unequal the steps.
    """
    step = np.diff(time)
    if len(step) and _even(step):
        from scipy.signal import lfilter

        keep = float(np.exp(-step.mean() / constant))
        out, _ = lfilter([1.0 - keep], [1.0, -keep], data, axis=0, zi=keep * data[:1])
        return np.asarray(out)
    out = np.array(data, dtype=np.float64)
    for row, keep in enumerate(np.exp(-step / constant).tolist(), start=1):
        out[row] = data[row] + keep * (out[row - 1] - data[row])
    return out


def gaussian_mean(time: Floats, data: Floats, deviation: float) -> Floats:
    """The mean under a bell of a standard deviation, the ends held. Unequal steps are laid on equal ones first."""
    if len(time) < 2:
        return np.array(data, dtype=np.float64)
    from scipy.ndimage import gaussian_filter1d

    step = np.diff(time)
    if _even(step):
        return np.asarray(gaussian_filter1d(data, deviation / step.mean(), axis=0, mode="nearest", truncate=6.0))
    even = np.linspace(time[0], time[-1], 2 * len(time) - 1)
    smooth = gaussian_filter1d(
        resampled(time, data, even), deviation / (even[1] - even[0]), axis=0, mode="nearest", truncate=6.0
    )
    return resampled(even, smooth, time)


def _even(step: Floats) -> bool:
    return bool(np.ptp(step) <= 1e-6 * abs(step.mean()))


SMOOTHINGS = {"mean": moving_mean, "exponential": exponential_mean, "gaussian": gaussian_mean}


def derivative(time: Floats, data: Floats) -> Floats:
    """The rate of change, by second-order differences for unequal steps. Raises MappingError for one sample."""
    if len(time) < 2:
        raise MappingError("a rate of change needs two frames at least")
    return np.asarray(np.gradient(data, time, axis=0))


def resampled(time: Floats, data: Floats, at: Floats, how: str = "linear") -> Floats:
    """The data at other times, the ends held: linear, cubic (monotone between neighbours, PCHIP), or hold the last."""
    if how == "hold" or len(time) < 2:
        return np.asarray(data[np.clip(np.searchsorted(time, at, side="right") - 1, 0, len(time) - 1)])
    if how == "cubic":
        from scipy.interpolate import PchipInterpolator

        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # in slopes that it then takes as 0
            return np.asarray(PchipInterpolator(time, data, axis=0)(np.clip(at, time[0], time[-1])))
    if data.ndim == 1:
        return np.interp(at, time, data)
    after = np.clip(np.searchsorted(time, at, side="right"), 1, len(time) - 1)
    weight = np.clip((at - time[after - 1]) / (time[after] - time[after - 1]), 0.0, 1.0)
    weight = weight.reshape(-1, *([1] * (data.ndim - 1)))
    return np.asarray(data[after - 1] + (data[after] - data[after - 1]) * weight)
