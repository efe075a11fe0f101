"""The dock's policy parameters as one frozen value, so that no module asks for a number by its name twice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from warehouse.policy import Policy

_KB, _MB = 1 << 10, 1 << 20


@dataclass(frozen=True)
class Limits:
    """``intake.csv`` for one region and month."""

    file_bytes: int
    unpacked_bytes: int
    manifest_bytes: int
    record_bytes: int
    columns: int
    reading_bytes: int
    reading_seconds: int
    header_search_rows: int
    month_evidence_share: Decimal
    filled_in_days_after: int
    quarantine_share: Decimal
    quarantined_rows: int

    @classmethod
    def of(cls, policy: Policy) -> Limits:
        """Read them; ``PolicyMissing`` names one that is absent."""
        return cls(
            file_bytes=policy.count("intake_max_file_mb") * _MB,
            unpacked_bytes=policy.count("intake_max_unpacked_mb") * _MB,
            manifest_bytes=policy.count("intake_max_manifest_kb") * _KB,
            record_bytes=policy.count("intake_max_record_kb") * _KB,
            columns=policy.count("intake_max_columns"),
            reading_bytes=policy.count("intake_max_reading_mb") * _MB,
            reading_seconds=policy.count("intake_max_reading_seconds"),
            header_search_rows=policy.count("intake_header_search_rows"),
            month_evidence_share=policy.number("intake_month_evidence_share"),
            filled_in_days_after=policy.count("intake_filled_in_days_after_month"),
            quarantine_share=policy.number("intake_max_quarantine_share"),
            quarantined_rows=policy.count("intake_max_quarantined_rows"),
        )


def fall_share(policy: Policy, feed: str, *, is_stock: bool) -> Decimal | None:
    """The share by which a feed may fall against the month before; None where no rule is configured."""
    own = f"intake_max_fall_share.{feed}"
    if policy.is_configured(own):
        return policy.number(own)
    if is_stock and policy.is_configured("intake_max_fall_share"):
        return policy.number("intake_max_fall_share")
    return None
