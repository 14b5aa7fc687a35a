"""What was found out about one snapshot: weights, threshold and what they promise. Knows how it is written."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from knowledge.calibration.promise import Point
from knowledge.confidence import Weights

FORMAT = 1


class Verdict(StrEnum):
    """How well a promise is kept: KEPT with 95 % confidence; LIKELY with 84 %, for want of questions; by NONE."""

    KEPT = "kept"
    LIKELY = "likely"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Calibration:
    """What one snapshot's own questions told.

    From `threshold` on at most the share `promised` of the answers is wrong, as far as the `verdict` goes; `chosen`
    is that point of the `curve` (lowest threshold first), None where nothing may be answered. `asked` counts the
    trials of each kind. `known` weighs the same features as `weights`, and tells whether any entry answers, be it the
    first or not; None where a snapshot was calibrated before that was asked. The same snapshot gives the same bytes.
    """

    weights: Weights
    threshold: float
    promised: float
    verdict: Verdict
    chosen: Point | None
    asked: dict[str, int] = field(default_factory=dict)
    curve: Sequence[Point] = ()
    known: Weights | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain JSON types."""
        data = asdict(self) | {"format": FORMAT, "verdict": str(self.verdict)}
        rounded: dict[str, Any] = _rounded(data)
        return rounded

    def to_bytes(self) -> bytes:
        """The calibration as it is written."""
        return (json.dumps(self.to_json(), indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Calibration":
        """What `to_bytes` wrote. ValueError, KeyError or TypeError when it is anything else."""
        fields: dict[str, Any] = json.loads(data)
        if (written := fields.pop("format")) != FORMAT:
            raise ValueError(f"calibration of format {written}")
        fields["weights"] = Weights(**fields["weights"])
        fields["known"] = Weights(**fields["known"]) if fields.get("known") else None
        fields["verdict"] = Verdict(fields["verdict"])
        fields["chosen"] = Point(**fields["chosen"]) if fields["chosen"] else None
        fields["curve"] = tuple(Point(**point) for point in fields["curve"])
        return cls(**fields)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value
