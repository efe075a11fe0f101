"""The thresholds and budgets of the linkage, read once from the policy and frozen."""

from __future__ import annotations

from dataclasses import dataclass, field

from warehouse.policy import Policy

_TRUST = "linkage_trust_"


@dataclass(frozen=True)
class Limits:
    """What the policy says for one region and month.

    ``trust`` is feed to points (whose name for an id is believed), ``trust_other`` the points of a feed that
    has no line of its own. Weights are in bits.
    """

    join_bits: float
    join_contested_bits: float
    join_dead_bits: float
    review_bits: float
    contested_bits: float
    gap_bits: float
    break_bits: float
    merge_bits: float
    machine_merges: bool
    candidates_per_profile: int
    candidates_floor: int
    block_largest: int
    phone_holders: int
    merges_per_thousand: int
    parent_years: int
    relatives_trust: float
    trust_other: float
    trust: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, policy: Policy) -> Limits:
        """Read the lines ``linkage_*``; ``PolicyMissing`` names the one that is not there."""
        return cls(
            join_bits=float(policy.number("linkage_join_bits")),
            join_contested_bits=float(policy.number("linkage_join_contested_bits")),
            join_dead_bits=float(policy.number("linkage_join_dead_bits")),
            review_bits=float(policy.number("linkage_review_bits")),
            contested_bits=float(policy.number("linkage_review_contested_bits")),
            gap_bits=float(policy.number("linkage_gap_bits")),
            break_bits=float(policy.number("linkage_break_bits")),
            merge_bits=float(policy.number("linkage_merge_bits")),
            machine_merges=policy.count("linkage_machine_merges") == 1,
            candidates_per_profile=policy.count("linkage_candidates_per_profile"),
            candidates_floor=policy.count("linkage_candidates_floor"),
            block_largest=policy.count("linkage_block_largest"),
            phone_holders=policy.count("linkage_phone_holders"),
            merges_per_thousand=policy.count("linkage_merges_per_thousand"),
            parent_years=policy.count("linkage_parent_years"),
            relatives_trust=float(policy.number("linkage_relatives_trust")),
            trust_other=float(policy.number(f"{_TRUST}other")),
            trust={
                parameter.removeprefix(_TRUST): float(policy.number(parameter))
                for parameter in sorted(policy.lines)
                if parameter.startswith(_TRUST) and parameter != f"{_TRUST}other"
            },
        )
