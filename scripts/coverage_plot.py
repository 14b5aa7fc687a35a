"""Draws how many questions of several sets are answered, and how many of the answers are right. Measures nothing."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from knowledge.evaluation import Ranking

Points = Sequence[tuple[float, float]]
"""(share of the questions that are answered, share of the answers that are right), most sure first."""

_MOST, _LEAST_ANSWERS = 100, 10
_WIDTH, _HEIGHT = 720, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 170, 24, 48
_STEPS = 5
_COLOURS = ("#0a6ebd", "#b3261e", "#2e7d32", "#8e24aa", "#ef6c00", "#00838f", "#6d4c41", "#c2185b", "#37474f")
_STYLE = "text{font:13px system-ui,sans-serif;fill:#333}line{stroke:#ddd}polyline{fill:none;stroke-width:2}"


def points(found: Sequence[Ranking]) -> list[tuple[float, float]]:
    """The points of at most a hundred thresholds. What is not known is answered wrongly."""
    if len(found) < _LEAST_ANSWERS:
        return []
    order = np.argsort([-ranking.confidence for ranking in found], kind="stable")
    right = np.cumsum([found[at].place == 1 for at in order])
    ends = np.unique(np.linspace(_LEAST_ANSWERS, len(found), _MOST).astype(int))
    return [(round(float(n / len(found)), 4), round(float(right[n - 1] / n), 4)) for n in ends]


def plotted(curves: Mapping[str, Points]) -> str:
    """All curves as one SVG, each under its name."""
    lowest = min((right for curve in curves.values() for _, right in curve), default=0.0)
    low = int(lowest * 10) / 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        f'<style>{_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>',
        *_axes(low),
    ]
    for at, (name, curve) in enumerate(curves.items()):
        lines += _curve(name, curve, low, at)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _axes(low: float) -> Iterator[str]:
    for step in range(_STEPS + 1):
        answered, right = step / _STEPS, low + (1 - low) * step / _STEPS
        (x, foot), (_, y) = _at(answered, low, low), _at(0, right, low)
        yield f'<line x1="{x}" y1="{_TOP}" x2="{x}" y2="{foot}"/>'
        yield f'<text x="{x}" y="{foot + 18}" text-anchor="middle">{answered:.0%}</text>'
        yield f'<line x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 4}" text-anchor="end">{right:.0%}</text>'
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    yield f'<text x="{middle:g}" y="{_HEIGHT - 8}" text-anchor="middle">questions answered</text>'
    yield f'<text x="{_LEFT}" y="{_TOP - 8}">answers that are right</text>'


def _curve(name: str, curve: Points, low: float, at: int) -> Iterator[str]:
    colour = _COLOURS[at % len(_COLOURS)]
    places = " ".join("{},{}".format(*_at(answered, right, low)) for answered, right in curve)
    y = _TOP + 14 + 20 * at
    yield f'<polyline stroke="{colour}" points="{places}"/>'
    yield f'<text x="{_WIDTH - _RIGHT + 16}" y="{y}" style="fill:{colour}">{name}</text>'


def _at(answered: float, right: float, low: float) -> tuple[float, float]:
    """Where a point lies, in the picture's units."""
    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    return round(_LEFT + answered * wide, 1), round(_HEIGHT - _BOTTOM - (right - low) / (1 - low or 1) * high, 1)
