"""What partners get in a demo: the illustrative agreements, put into force by a made-up person, under made-up keys."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from warehouse import policy as policies
from warehouse.exports import note_exports
from warehouse.guard import stage_run
from warehouse.lake import Lake
from warehouse.months import Month
from warehouse.outcomes import Outcome
from warehouse.packages import keys as key_rings
from warehouse.packages.agreement import read_folder
from warehouse.packages.keys import Keys
from warehouse.packages.ledger import approve
from warehouse.packages.share import share
from warehouse.settings import EXAMPLE_AGREEMENTS, Settings

BY = "才让（虚构的负责人）"
_REASON = "演示：示例协议，人员、单位和密钥均为虚构"
# No clock in a demo: the packages go out some days behind the month.
_AFTER = timedelta(days=5)


def share_made_up(month: Month, keys: Path, settings: Settings) -> Outcome:
    """Make keys below ``keys`` (the partners' too), approve the examples and share a published month; its outcome.

    What the environment says of keys and agreements is not looked at: a demo signs nothing with an office's keys.
    """
    lake, on = Lake(settings.home), month.last_day + _AFTER
    policy = policies.load(settings.policy_dir, settings.region, month)
    found = read_folder(EXAMPLE_AGREEMENTS)
    years = policy.count("packages.certificate_years")
    key_rings.make(
        keys, [one.agreement for one in found if one.agreement], on=on, years=years, with_partners=True
    )
    for read in found:
        approve(lake, read, by=BY, reason=_REASON, on=on)
    with stage_run("share", month, settings.home, settings):
        outcome = share(
            month, lake=lake, policy=policy, agreements=found, keys=Keys.at(keys, settings.home), on=on, by=BY,
            beside=EXAMPLE_AGREEMENTS,
        )  # fmt: skip
        note_exports("share", month, settings.home, BY)
    return outcome
