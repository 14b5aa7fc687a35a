"""What was found out is written down whole, and read back."""

import json
from dataclasses import replace

import pytest

from knowledge.calibration.calibration import Calibration, Verdict
from knowledge.calibration.promise import NEVER, Point
from knowledge.confidence import Weights

POINTS = (Point(0.2, 0.9, 0.2, 0.25, 300.0), Point(0.6, 0.7, 0.02, 0.04, 200.0))
ASKED = {"known": 40, "near": 40}
FOUND = Calibration(
    Weights(bias=-1.5), 0.6, 0.05, Verdict.KEPT, POINTS[1], {"known": 40, "near": 40}, POINTS, Weights(1.5)
)


def test_reads_what_was_written() -> None:
    assert Calibration.from_bytes(FOUND.to_bytes()) == FOUND


def test_reads_that_nothing_is_promised() -> None:
    silent = Calibration(Weights(), NEVER, 0.05, Verdict.NONE, None)
    assert Calibration.from_bytes(silent.to_bytes()) == silent


def test_reads_what_was_written_before_it_was_asked_whether_anything_is_known() -> None:
    written = {name: value for name, value in FOUND.to_json().items() if name != "known"}
    assert Calibration.from_bytes(json.dumps(written).encode()) == replace(FOUND, known=None)


def test_the_curve_lies_open_in_plain_json() -> None:
    data = json.loads(FOUND.to_bytes())
    assert data["curve"][1] == {"threshold": 0.6, "coverage": 0.7, "wrong": 0.02, "bound": 0.04, "n": 200.0}
    assert data["chosen"] == data["curve"][1]


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": 2}', FOUND.to_bytes().replace(b"kept", b"held")])
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Calibration.from_bytes(data)
