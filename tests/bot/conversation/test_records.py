import math
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import records
from bot.conversation.messages import About, State, Status, Turn
from bot.conversation.records import (
    about_text,
    encode,
    fingerprint,
    read_about,
    read_event,
    read_state,
    read_turn,
    state_fields,
    to_bytes,
    turn_fields,
    turn_of,
)
from bot.conversation.server import script

LUA = Path(records.__file__).parent / "lua"
ACTS = sorted(path.stem for path in LUA.glob("*.lua") if path.stem != "common")
ABOUT = About("https://shop.example/bikes", "Räder", "Firefox", "Android", {"plan": "金"}, {"seat": "7 }'\""})
anything = st.text(st.characters())  # halves of surrogate pairs as well
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | anything,
    lambda inner: st.lists(inner) | st.dictionaries(anything, inner),
    max_leaves=8,
)
turns = st.builds(
    Turn,
    anything,
    st.sampled_from(("customer", "bot", "agent", "event")),
    anything,
    st.floats(allow_nan=False),
    anything,
    st.none() | st.dictionaries(anything, json),
    note=anything,
)


@given(turns)
def test_a_turn_comes_back_as_it_was(turn: Turn) -> None:
    stored = to_bytes(turn_fields(turn))

    assert read_turn(stored) == turn
    assert turn_of(read_event(b"1-0", b"turn", stored).data) == turn


def test_a_state_comes_back_from_texts() -> None:
    state = State(
        "web:1", "Mia", Status.WAITING, "complaint", "de", "Ada", 1.25, 1700000000.123456, "Hallo", tags=("退货",)
    )
    state = replace(state, about=ABOUT)
    texts = {key: str(value) for key, value in state_fields(state).items()}
    texts |= {"tags": '["退货"]', "about": about_text(ABOUT)}

    assert read_state({**texts, "fence": "7", "entry": "1-0"}) == state
    assert read_event(b"1-0", b"state", to_bytes(texts)).data == state_fields(state)


@given(st.builds(About, anything, anything, signed=st.dictionaries(anything, anything)))
def test_what_is_told_of_a_customer_comes_back_as_it_was(about: About) -> None:
    assert read_about(about_text(about)) == about


def test_nothing_told_and_nothing_stored_are_the_same() -> None:
    old = {"id": "web:1", "created": "1.5", "updated": "2.5"}  # of a Kefu that knew no such field

    assert (about_text(None), read_about("")) == ("", About())
    assert read_state(old).about == About()


def test_what_a_newer_kefu_tells_besides_is_passed_over() -> None:
    assert read_about('{"title": "Bikes", "weather": "rain"}') == About(title="Bikes")


@pytest.mark.parametrize("value", [{"at": {1}}, object(), {(1, 2): 3}])
def test_what_is_no_json_is_refused_in_one_line(value: object) -> None:
    with pytest.raises(ValueError, match=r"^cannot be stored as JSON: [^\n]+$"):
        to_bytes(value)


def test_a_loop_is_refused_in_one_line() -> None:
    loop: list[object] = []
    loop.append(loop)

    with pytest.raises(ValueError, match="cannot be stored as JSON"):
        to_bytes(loop)


def test_even_what_is_no_number_survives() -> None:
    assert math.isnan(read_turn(to_bytes(turn_fields(Turn("1", "customer", "", math.nan)))).at)


@given(anything, anything)
def test_a_fingerprint_tells_words_and_speakers_apart(one: str, other: str) -> None:
    assert (fingerprint("customer", one) == fingerprint("customer", other)) == (one == other)
    assert fingerprint("customer", one) != fingerprint("bot", one)


@given(anything)
def test_different_texts_are_stored_differently(text: str) -> None:
    assert encode(text).decode("utf-8", "surrogatepass") == text


def test_scripts_know_a_states_fields() -> None:
    [listed] = re.findall(r"local FIELDS = \{(.*?)\}", (LUA / "common.lua").read_text("utf-8"), re.DOTALL)

    assert re.findall(r"'(\w+)'", listed) == [field.name for field in fields(State)]


@pytest.mark.parametrize("act", ACTS)
def test_a_script_says_what_it_takes_and_begins_with_its_flags(act: str) -> None:
    lines = (LUA / f"{act}.lua").read_text("utf-8").splitlines()
    head = [line for line in lines if line.startswith("-- ")]

    assert re.fullmatch(r"#!lua( flags=[a-z-]+)?", lines[0])
    assert any(line.startswith("-- KEYS  ") for line in head)
    assert any(line.startswith("-- ARGV  1 settings") for line in head)
    assert script(act).splitlines()[0] == lines[0]


@pytest.mark.parametrize("act", ["common", *ACTS])
def test_no_script_spells_a_key(act: str) -> None:
    assert "kefu:" not in (LUA / f"{act}.lua").read_text("utf-8")
