"""Sample sizes, bands and margins of the quality measure, read once from the policy and frozen."""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.policy import Policy

_PREFIX = "linkage_quality_"


@dataclass(frozen=True)
class QualityLimits:
    """What the policy says for one region and month. Sizes are counts, weights bits, shares between 0 and 1.

    ``age_bands`` and ``weight_bands`` are the lower edges of bands, ascending.
    """

    confidence: float
    design_effect: float
    spread: float
    conflict_deviations: float
    age_bands: tuple[int, ...]
    weight_bands: tuple[float, ...]
    histogram_bits: float
    floor_bits: float
    cards_per_stratum: int
    hidden_per_feed: int
    phantoms: int
    second_look_persons: int
    self_look_per_feed: int
    household_pairs: int
    repaired_links: int
    death_grace_days: int
    impossible_is_wrong: float
    double_is_missed: float
    alone_prior: float
    alone_worth: float
    usual_weight: float
    alike: float

    @classmethod
    def of(cls, policy: Policy) -> QualityLimits:
        """Read the lines ``linkage_quality_*``; ``PolicyMissing`` names the one that is not there."""

        def number(name: str) -> float:
            return float(policy.number(_PREFIX + name))

        def count(name: str) -> int:
            return policy.count(_PREFIX + name)

        return cls(
            confidence=number("confidence"),
            design_effect=number("design_effect"),
            spread=number("spread"),
            conflict_deviations=number("conflict_deviations"),
            age_bands=tuple(int(word) for word in policy.words(f"{_PREFIX}age_bands")),
            weight_bands=tuple(float(word) for word in policy.words(f"{_PREFIX}weight_bands")),
            histogram_bits=number("histogram_bits"),
            floor_bits=number("floor_bits"),
            cards_per_stratum=count("cards_per_stratum"),
            hidden_per_feed=count("hidden_per_feed"),
            phantoms=count("phantoms"),
            second_look_persons=count("second_look_persons"),
            self_look_per_feed=count("self_look_per_feed"),
            household_pairs=count("household_pairs"),
            repaired_links=count("repaired_links"),
            death_grace_days=count("death_grace_days"),
            impossible_is_wrong=number("impossible_is_wrong"),
            double_is_missed=number("double_is_missed"),
            alone_prior=number("alone_prior"),
            alone_worth=number("alone_worth"),
            usual_weight=number("usual_weight"),
            alike=number("alike"),
        )
