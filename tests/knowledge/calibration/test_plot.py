"""The picture shows the curve, the promise and what was chosen."""

from dataclasses import replace
from xml.etree import ElementTree

from knowledge.calibration.calibration import Verdict
from knowledge.calibration.plot import svg
from tests.knowledge.calibration.test_calibration import FOUND

SVG = "{http://www.w3.org/2000/svg}"


def lines(picture: str) -> dict[str, list[tuple[float, float]]]:
    found = ElementTree.fromstring(picture).iter(f"{SVG}polyline")
    return {
        line.attrib["class"]: [
            (float(x), float(y)) for x, y in (point.split(",") for point in line.attrib["points"].split())
        ]
        for line in found
    }


def test_each_point_of_the_curve_is_drawn() -> None:
    drawn = lines(svg(FOUND))
    assert len(drawn["seen"]) == len(drawn["bound"]) == 2
    (_, first), (_, last) = drawn["seen"]
    assert first < last  # the picture's y grows downwards: more is wrong at the lower threshold


def test_the_chosen_point_lies_on_the_curve() -> None:
    (mark,) = ElementTree.fromstring(svg(FOUND)).iter(f"{SVG}circle")
    assert (float(mark.attrib["cx"]), float(mark.attrib["cy"])) == lines(svg(FOUND))["seen"][1]


def test_nothing_is_marked_where_nothing_is_promised() -> None:
    silent = svg(replace(FOUND, verdict=Verdict.NONE, chosen=None))
    assert not list(ElementTree.fromstring(silent).iter(f"{SVG}circle"))


def test_an_empty_curve_is_drawn_too() -> None:
    assert lines(svg(replace(FOUND, curve=(), chosen=None)))["seen"] == []


def test_the_picture_tells_in_words_what_it_shows() -> None:
    assert ElementTree.fromstring(svg(FOUND)).attrib["aria-label"] == "At most 5.0% of the answers wrong: kept"
