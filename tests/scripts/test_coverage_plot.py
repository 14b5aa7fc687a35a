"""The surest questions stand first, unknown ones count as wrong, and each curve bears its name."""

import xml.etree.ElementTree as ET

import pytest

from knowledge.evaluation import Ranking
from scripts.coverage_plot import plotted, points


def ranking(confidence: float, found: str, gold: str = "a") -> Ranking:
    return Ranking("", (found,), confidence, frozenset({gold} if gold else ()))


def test_the_surest_questions_stand_first() -> None:
    found = [ranking(0.1, "b"), *(ranking(0.9, "a") for _ in range(15)), ranking(0.5, "a", gold="")]
    curve = points(found)
    assert curve[0] == (pytest.approx(10 / 17, abs=1e-4), 1.0)
    assert curve[-2] == (pytest.approx(16 / 17, abs=1e-4), pytest.approx(15 / 16, abs=1e-4))
    assert curve[-1] == (1.0, pytest.approx(15 / 17, abs=1e-4))


def test_a_handful_of_questions_has_no_curve() -> None:
    assert points([ranking(0.5, "a")] * 5) == []


def test_each_curve_is_drawn_inside_the_picture_under_its_name() -> None:
    drawn = plotted({"shop": [(0.5, 1.0), (1.0, 0.62)], "none": []})
    root = ET.fromstring(drawn)
    lines = [element.get("points", "").split() for element in root.iter() if element.tag.endswith("polyline")]
    assert [len(line) for line in lines] == [2, 0]
    for place in lines[0]:
        x, y = map(float, place.split(","))
        assert 0 <= x <= 720
        assert 0 <= y <= 400
    assert {"shop", "none"} <= {element.text for element in root.iter() if element.text}
