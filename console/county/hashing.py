"""Chance without randomness: every draw is a hash of who, what and where, so a seed always gives the same county."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[Any]  # object arrays: str, or int where a cell is to be a number

_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


def splitmix64(values: Bits) -> Bits:
    """The finaliser of splitmix64: unsigned 64-bit in, well mixed unsigned 64-bit out."""
    mixed = values + _GAMMA
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), dtype=np.uint64)


def salt(*words: object) -> int:
    """One 64-bit number out of some words (seed, agency, kind …)."""
    digest = blake2b("\x1f".join(map(str, words)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def draw(salted: int, *keys: Ints) -> Bits:
    """One hash for each position of the keys (arrays of equal length: persons, rows …)."""
    with np.errstate(over="ignore"):
        bits = np.full(len(keys[0]), np.uint64(salted), dtype=np.uint64)
        for key in keys:
            bits = splitmix64(bits ^ splitmix64(key.astype(np.uint64)))
    return bits


def share(bits: Bits) -> npt.NDArray[np.float64]:
    """Hashes as numbers evenly spread over [0, 1)."""
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def text_keys(texts: Texts) -> Ints:
    """A number for each text, the same for equal texts; hashed once per distinct text."""
    known: dict[object, int] = {}
    keys = np.empty(len(texts), dtype=np.int64)
    for place, text in enumerate(texts):
        if text not in known:
            known[text] = salt(text) >> 1
        keys[place] = known[text]
    return keys
