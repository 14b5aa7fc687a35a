"""Draws how many questions are answered rightly against how many answers are wrong, as an SVG. Computes nothing."""

from collections.abc import Iterator

from knowledge.calibration.calibration import Calibration
from knowledge.calibration.promise import Point

_WIDTH, _HEIGHT = 560, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 28, 40, 48
_STEPS = 5
_STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}line{stroke:#ddd}polyline{fill:none;stroke-width:2}"
    ".seen{stroke:#0a6ebd}.bound{stroke:#0a6ebd;stroke-dasharray:4 4;opacity:.6}.promised{stroke:#b3261e}"
)


def svg(calibration: Calibration) -> str:
    """The curve with its upper bound, the promise as a line, and the chosen point. The same input, the same text."""
    top = _highest(calibration)
    title = f"At most {calibration.promised:.1%} of the answers wrong: {calibration.verdict}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{title}">',
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{_LEFT}" y="24">{title}</text>',
        *_axes(top),
        _line("bound", [(point.coverage, point.bound) for point in calibration.curve], top),
        _line("seen", [(point.coverage, point.wrong) for point in calibration.curve], top),
        _line("promised", [(0, calibration.promised), (1, calibration.promised)], top),
        *(_mark(calibration.chosen, top) if calibration.chosen else ()),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _highest(calibration: Calibration) -> float:
    seen = max((point.wrong for point in calibration.curve), default=0.0)
    return min(1.0, max(0.1, 2 * calibration.promised, seen * 1.1))


def _axes(top: float) -> Iterator[str]:
    for step in range(_STEPS + 1):
        share = step / _STEPS
        (x, foot), (_, y) = _at(share, 0, top), _at(0, share * top, top)
        yield f'<line x1="{x}" y1="{_TOP}" x2="{x}" y2="{foot}"/>'
        yield f'<text x="{x}" y="{foot + 18}" text-anchor="middle">{share:.0%}</text>'
        yield f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{share * top:.0%}</text>'
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield f'<text x="{middle:g}" y="{_HEIGHT - 8}" text-anchor="middle">known questions answered rightly</text>'
    turned = f'transform="rotate(-90 16 {_HEIGHT / 2:g})"'
    yield f'<text x="16" y="{_HEIGHT / 2:g}" text-anchor="middle" {turned}>answers that are wrong</text>'


def _line(kind: str, points: list[tuple[float, float]], top: float) -> str:
    places = (_at(x, min(y, top), top) for x, y in points)
    return f'<polyline class="{kind}" points="{" ".join(f"{x},{y}" for x, y in places)}"/>'


def _mark(chosen: Point, top: float) -> Iterator[str]:
    x, y = _at(chosen.coverage, chosen.wrong, top)
    yield f'<circle cx="{x}" cy="{y}" r="5" fill="#0a6ebd"/>'
    yield f'<text x="{x - 8}" y="{y - 8}" text-anchor="end">from confidence {chosen.threshold:.2f} on</text>'


def _at(x: float, y: float, top: float) -> tuple[float, float]:
    """Where a point lies, in the picture's units: `x` of 1, `y` of `top`."""
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    return round(_LEFT + x * wide, 1), round(_HEIGHT - _BOTTOM - y / top * high, 1)
