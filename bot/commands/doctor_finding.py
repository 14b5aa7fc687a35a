"""What a check of `kefu doctor` finds. Knows no check."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found. When something is `sick`, the cure stands in `cure` or in what was found."""

    what: str
    found: str
    cure: str = ""
    failed: bool = False

    @property
    def sick(self) -> bool:
        """Whether something must be done."""
        return self.failed or bool(self.cure)
