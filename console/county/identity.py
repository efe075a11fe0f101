"""Identity numbers (GB 11643), phones and household numbers of the made-up people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from console.county.draws import Bools, Draws, Ints
from console.county.seat import here

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = np.array(list("10X98765432"), dtype=object)
_PHONE_HEADS = np.array(
    [139, 138, 136, 135, 151, 152, 158, 187, 188, 182, 130, 155, 186, 133, 189, 177, 199, 173], dtype=np.int64
)


OLD_PHONE = 0.09  # of the phones in an agency's files


def id_numbers(
    draws: Draws, division: Ints, birth: np.ndarray, is_male: Bools, taken: pd.Series | None = None
) -> tuple[np.ndarray, pd.Series]:
    """A valid, unique number for each person, and the count of numbers used up by county, day and sex.

    Numbers of one county, day and sex follow each other from a first one that the seed decides, as at a
    police station: twins and neighbours registered on one day are one step apart. ``taken`` carries the
    count on when newborns are added.
    """
    days = pd.DatetimeIndex(birth)
    stamp = (days.year * 10000 + days.month * 100 + days.day).to_numpy().astype(np.int64)
    key = (division * 10**8 + stamp) * 10 + is_male
    place = pd.Series(key).groupby(key).cumcount().to_numpy()
    if taken is not None:
        place = place + taken.reindex(key, fill_value=0).to_numpy()
    used = pd.Series(place + 1).groupby(key).max()
    sequence = 2 * ((draws.whole("id/first", key, 0, 500) + place) % 500) + is_male
    body = (division * 10**8 + stamp) * 1000 + sequence
    total = np.zeros(len(body), dtype=np.int64)
    rest = body.copy()
    for weight in reversed(_WEIGHTS):
        total += weight * (rest % 10)
        rest //= 10
    numbers = body.astype(str).astype(object) + _CHECK[total % 11]
    carried = used if taken is None else used.combine(taken, max, fill_value=0).astype(np.int64)
    return np.asarray(numbers), carried


def phones(draws: Draws, purpose: str, ids: Ints) -> np.ndarray:
    """A mobile number for each id."""
    head = _PHONE_HEADS[draws.pick(f"phone/{purpose}/head", ids, np.ones(len(_PHONE_HEADS)))]
    return np.asarray(
        (head * 10**8 + draws.whole(f"phone/{purpose}/tail", ids, 0, 10**8)).astype(str).astype(object)
    )


def phones_on_file(draws: Draws, agency: str, ids: Ints, now: np.ndarray) -> np.ndarray:
    """The phone that an agency has of each: for some an older number, which is the same wherever it stands."""
    old = pd.notna(now) & draws.chance(f"phone/{agency}/old", ids, OLD_PHONE)
    return np.where(old, phones(draws, "old", ids), now)


def agency_numbers(ids: Ints, digits: int, salt: int) -> np.ndarray:
    """An agency's own number for each id: unique in the province, so many digits, and telling nothing of the id."""
    size = 10**digits
    step = (48_271 + salt) * 1000 + 7  # ends in 7: shares no factor with the size, so no two are alike
    shuffled = ((np.asarray(ids, dtype=np.int64) + here().first) * step + salt * 7_919_113) % size
    return pd.Series(shuffled).astype(str).str.zfill(digits).to_numpy(dtype=object)
