"""Small draws that the tables share."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def draw_events(random: np.random.Generator, rate: NDArray[np.float64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Row and day of every event, as often as a Poisson draw of `rate` (rows × days) says."""
    counts = random.poisson(rate).ravel()
    cells = np.repeat(np.arange(counts.size), counts)
    row, day = np.divmod(cells, rate.shape[1])
    return row, day


def draw_hours(
    random: np.random.Generator, median: NDArray[Any] | float, sigma: float, size: int
) -> NDArray[Any]:
    """Log-normal durations as timedelta64, from their median in hours."""
    return hours(median * random.lognormal(0.0, sigma, size))


def draw_office_time(random: np.random.Generator, size: int) -> NDArray[Any]:
    """Times of day as timedelta64: mornings and afternoons, a few evenings."""
    middle = random.choice([10.5, 15.0, 20.5], size, p=[0.45, 0.5, 0.05])
    return hours(np.clip(random.normal(middle, 1.3), 6.5, 23.5))


def draw_count(random: np.random.Generator, median: float, sigma: float, size: int) -> NDArray[np.int64]:
    """Log-normal whole numbers, such as lines of a change; a few are enormous, as in life."""
    return np.floor(median * random.lognormal(0.0, sigma, size)).astype(np.int64)


def hours(number: NDArray[Any] | float) -> NDArray[Any]:
    """Hours as timedelta64, whole seconds."""
    return np.round(np.asarray(number) * 3600).astype("m8[s]").astype("m8[us]")


def number_ids(prefix: str, size: int) -> NDArray[Any]:
    return np.array([f"{prefix}{number:06}" for number in range(1, size + 1)], dtype=object)
