"""Why a month came out otherwise, as far as it can be told: deliveries, policy, what people decided. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from warehouse.intake.contract import contracts

_PEOPLE = {
    "decisions": "人工身份核对结论有新的或更改",
    "dispositions": "村级对以前月份清单的核查结果有新的或更改",
}


@dataclass(frozen=True)
class Cause:
    """``kind``: delivery / policy / people / other; ``words`` in Chinese, for the lists. ``month`` and ``feed`` where
    it is a delivery."""

    kind: str
    month: str
    feed: str
    words: str


def causes(before: dict[str, Any] | None, now: dict[str, Any]) -> list[Cause]:
    """What differs in what two versions stood on (see ``basis``); empty when the former kept nothing of it."""
    if before is None:
        return []
    found = []
    was, is_now = before["deliveries"], now["deliveries"]
    for month in sorted(was.keys() | is_now.keys()):
        found += _deliveries(month, was.get(month, {}), is_now.get(month, {}))
    if before["policy"] and now["policy"]:
        names = sorted(
            name
            for name in before["policy"].keys() | now["policy"].keys()
            if before["policy"].get(name) != now["policy"].get(name)
        )
        found += [Cause("policy", "", "", f"政策参数有变化：{name}") for name in names]
    found += [Cause("people", "", "", words) for name, words in _PEOPLE.items() if before[name] != now[name]]
    return found


def feeds_of(why: list[Cause]) -> set[str]:
    """The feeds whose deliveries changed."""
    return {cause.feed for cause in why if cause.kind == "delivery"}


def _deliveries(month: str, was: dict[str, dict[str, str]], now: dict[str, dict[str, str]]) -> list[Cause]:
    found = []
    for feed in sorted(was.keys() | now.keys()):
        old, new = was.get(feed, {}), now.get(feed, {})
        came = sorted(file for file, sha in new.items() if old.get(file) != sha)
        went = sorted(file for file, sha in old.items() if new.get(file) != sha)
        if not came and not went:
            continue
        contract = contracts().get(feed)
        title = contract.title if contract else feed
        if came == went:
            how = f"重新报送了 {'、'.join(came)}"
        elif came and went:
            how = f"以 {'、'.join(came)} 代替 {'、'.join(went)}"
        else:
            how = f"补报了 {'、'.join(came)}" if came else f"撤回了 {'、'.join(went)}"
        found.append(Cause("delivery", month, feed, f"{month} 的{title}{how}"))
    return found
