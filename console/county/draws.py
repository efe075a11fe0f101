"""Draws that depend on nothing but seed, purpose and the number of the thing drawn for.

A counter-based generator (splitmix64 over ids): the same person gets the same draw for the same purpose,
whatever months were asked for, in whatever order, and however many people stand beside it. That is what
makes month m the same in every span that begins with the same month.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """splitmix64's finaliser: every input bit reaches every output bit."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _FIRST
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _SECOND
    return numbers ^ (numbers >> np.uint64(31))


class Draws:
    """The county's dice. Every method takes a purpose, the ids drawn for, and further integer keys."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def bits(self, purpose: str, ids: ArrayLike, *keys: int) -> NDArray[np.uint64]:
        """64 random bits for each id."""
        word = f"{self.seed}/{purpose}/{'/'.join(map(str, keys))}".encode()
        key = np.uint64(int.from_bytes(blake2b(word, digest_size=8).digest(), "little"))
        counter = np.asarray(ids, dtype=np.int64).astype(np.uint64)
        with np.errstate(over="ignore"):
            return _mixed(_mixed(counter * _GOLDEN + key) + _GOLDEN)

    def uniform(self, purpose: str, ids: ArrayLike, *keys: int) -> Floats:
        """A number in [0, 1) for each id."""
        return (self.bits(purpose, ids, *keys) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def normal(self, purpose: str, ids: ArrayLike, *keys: int) -> Floats:
        """A standard normal number for each id (Box-Muller)."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(purpose + "/r", ids, *keys)))
        return np.asarray(radius * np.cos(2.0 * np.pi * self.uniform(purpose + "/a", ids, *keys)))

    def chance(self, purpose: str, ids: ArrayLike, probability: ArrayLike, *keys: int) -> Bools:
        """True with the given probability for each id."""
        return np.asarray(self.uniform(purpose, ids, *keys) < np.asarray(probability))

    def whole(self, purpose: str, ids: ArrayLike, low: ArrayLike, high: ArrayLike, *keys: int) -> Ints:
        """A whole number in [low, high) for each id."""
        low_, high_ = np.asarray(low, dtype=np.int64), np.asarray(high, dtype=np.int64)
        step = np.floor(self.uniform(purpose, ids, *keys) * (high_ - low_)).astype(np.int64)
        return np.asarray(low_ + step)

    def pick(self, purpose: str, ids: ArrayLike, weights: ArrayLike, *keys: int) -> Ints:
        """The index of one of the weights for each id, each as likely as its weight."""
        heap = np.cumsum(np.asarray(weights, dtype=np.float64))
        found = np.searchsorted(heap / heap[-1], self.uniform(purpose, ids, *keys), side="right")
        return np.minimum(found, len(heap) - 1).astype(np.int64)

    def curve(
        self, purpose: str, ids: ArrayLike, at: Sequence[float], values: Sequence[float], *keys: int
    ) -> Floats:
        """A number from the distribution whose quantiles at ``at`` are ``values``."""
        return np.asarray(np.interp(self.uniform(purpose, ids, *keys), at, values))
