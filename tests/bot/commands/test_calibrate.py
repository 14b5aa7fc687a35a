"""`kefu calibrate`, and the calibration that comes with every build."""

import json

import pytest

from bot.answering.trust import Kind, Measured, Trust
from bot.commands.trusting import table
from tests.fakes.chat import chat_server
from tests.fakes.house import KefuHouse
from tests.fakes.shop import shop

pytestmark = pytest.mark.slow  # every case starts a process


@pytest.fixture
def stocked(kefu: KefuHouse) -> KefuHouse:
    """A house with a shop's knowledge, calibrated when it was built."""
    kefu.write("shop.jsonl", "".join(json.dumps(entry.to_json()) + "\n" for entry in shop()))
    assert kefu.run("knowledge", "build", "shop.jsonl").code == 0
    return kefu


def test_a_build_calibrates_and_draws(stocked: KefuHouse) -> None:
    found = json.loads((stocked.current / "calibration.json").read_text())
    assert found["promised"] == 0.15
    assert (stocked.current / "calibration.svg").read_text().startswith("<svg")


def test_a_build_does_not_calibrate_where_that_is_switched_off(stocked: KefuHouse) -> None:
    assert (stocked.current / "calibration.json").exists()
    assert stocked.run("knowledge", "build", "shop.jsonl", CALIBRATE="false").code == 0
    assert not (stocked.current / "calibration.json").exists()


def test_calibrating_tells_the_curve_and_makes_a_new_snapshot(stocked: KefuHouse) -> None:
    old = stocked.current
    done = stocked.run("calibrate", "--wrong", "0.2")
    assert done.code == 0
    assert done.out.startswith("At most 20.0% of the answers wrong: ")
    assert "| confidence from |" in done.out
    assert "←" in done.out
    assert stocked.current != old
    assert str(stocked.current / "calibration.svg") in done.out
    assert stocked.run("knowledge", "verify").code == 0


def test_as_json_it_tells_what_the_snapshot_holds(stocked: KefuHouse) -> None:
    (told,) = stocked.run("calibrate", "--json").lines
    held = json.loads((stocked.current / "calibration.json").read_text())
    assert told == held | {"snapshot": stocked.current.name}


def test_a_threshold_that_the_owner_sets_holds(stocked: KefuHouse) -> None:
    asked = "When will my new saddle be with me?"
    (answer,) = stocked.run("ask", asked, "--json").lines
    assert answer["outcome"] == "answered"
    (answer,) = stocked.run("ask", asked, "--json", THRESHOLD="1").lines
    assert answer["outcome"] == "refused"


def test_too_little_knowledge_is_told(informed: KefuHouse) -> None:
    assert "too few entries or questions" in informed.refusal("calibrate")


def test_without_a_generator_there_is_none_to_measure(informed: KefuHouse) -> None:
    assert "generating is switched off" in informed.refusal("calibrate", "--generator", GENERATE="false")


def test_a_generator_is_measured_against_quoting_and_what_was_seen_is_kept(stocked: KefuHouse) -> None:
    with chat_server() as server:
        server.pieces = ["The moon is far away."]
        generator = {"GENERATE": "true", "GENERATOR": f"{server.url}#a-model"}
        done = stocked.run("calibrate", "--generator", "--most", "2", "--json", **generator)
        assert done.code == 0, done.err
        (found,) = done.lines
        assert found["measured"]["single"] == {
            "n": 2,
            "quoted": 2,
            "generated": 2,
            "spoke": 0,
            "spoke_right": 0,
            "writes": False,
        }
        assert all(trial["mode"] == "verbatim" for trial in found["trials"])
        (kept,) = (stocked.folder / "data" / "trust").iterdir()
        assert json.loads(kept.read_text()).items() <= found.items()


def test_what_was_measured_is_a_table() -> None:
    seen = Measured(10, 8, 9, 8, 8)
    told = "\n".join(table(Trust({Kind.SINGLE: seen}, rewrites=seen), {"generator": "m", "snapshot": "s"}))
    assert "| single | 10 | 8 | 9 | 8 | 8 | yes |" in told
    assert "| follow-ups rewritten, then quoted | 10 | 8 | 9 | – | – | no |" in told
