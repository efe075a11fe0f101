"""Text columns with empty places: None where an agency has nothing to say."""

from __future__ import annotations

import numpy as np


def kept(mask: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The values where ``mask`` holds, None elsewhere."""
    found = np.full(len(mask), None, dtype=object)
    found[mask] = np.asarray(values, dtype=object)[mask]
    return found
