"""How conversations read in topics."""

from bot.channels.telegram.outgoing.splitting import LONGEST_PART, units
from bot.channels.telegram.staff.telling import Happening, batch_of, line, opening, title
from bot.conversation.messages import Attachment, State, Status, Turn

WAITING = State("telegram:42", status=Status.WAITING, reason="asked_for_person", language="de", name="Ada")


def turn(number: int, text: str = "", **fields: object) -> Turn:
    return Turn(str(number), "customer", text or f"words {number}", 0.0, "Ada", **fields)  # type: ignore[arg-type]


def event(what: str, name: str = "") -> Turn:
    return Turn(f"{what}-{name}", "event", what, 0.0, name)


def told(*turns: Turn) -> list[Happening]:
    return [Happening(f"{number}-0", turn) for number, turn in enumerate(turns, 1)]


def test_a_topic_is_named_after_the_customer_or_the_channel_and_never_too_long() -> None:
    assert title(WAITING) == "Ada · 42"
    assert title(State("web:0123456789abcdef")) == "web · 89abcdef"
    assert title(State("web:0123456789abcdef", name="A\n\ud800 " * 200)).count("\n") == 0
    assert len(title(State("web:0123456789abcdef", name="A\n" * 200))) <= 128


def test_the_first_message_tells_why_and_fits_however_long_the_turns_are() -> None:
    batch = opening(WAITING, [turn(number, "😀" * 4000) for number in range(30)])
    [text] = batch.parts
    assert text.startswith("🔔 Ada waits for a person.\nReason: asked for person · Language: de · Channel: telegram")
    assert text.endswith("/close – end it")
    assert 2000 < units(text) <= LONGEST_PART


def test_a_batch_holds_what_fits_and_the_next_one_the_rest() -> None:
    turns = [turn(number, "x" * 1500) for number in range(4)]
    first = batch_of("web:1", told(*turns), "staff-")
    assert (len(first.parts), first.shown) == (1, "2-0")
    assert units(first.parts[0]) <= LONGEST_PART


def test_a_turn_of_more_than_one_message_is_cut_and_whole() -> None:
    [happening] = told(turn(1, "word " * 2000))
    batch = batch_of("web:1", [happening], "staff-")
    assert len(batch.parts) == 3
    assert "".join(batch.parts).count("word") == 2000


def test_words_after_pictures_come_after_them() -> None:
    photo = Attachment("photo", "ref")
    turns = told(turn(1), turn(2, attachments=(photo,)), turn(3, attachments=(photo,)), turn(4))
    batch = batch_of("telegram:42", turns, "staff-")
    assert (batch.copies, batch.shown) == (((42, 2), (42, 3)), "3-0")
    assert batch_of("web:42", turns, "staff-").copies == ()


def test_the_staffs_own_words_are_not_repeated_to_them() -> None:
    own, other = (Turn(name, "agent", "Hi", 0.0, "Mia") for name in ("staff-9-1", "m1"))
    batch = batch_of("web:1", told(own, other), "staff-9-")
    assert batch.parts == ("🎧 Mia: Hi",)
    assert batch_of("web:1", told(own), "staff-9-").shown == "1-0"


def test_the_end_ends_a_batch() -> None:
    batch = batch_of("web:1", told(turn(1), event("resolved", "Mia"), turn(2)), "staff-")
    assert (batch.ended, batch.shown) == (True, "2-0")


def test_what_happened_is_told_in_words() -> None:
    assert line(event("undelivered", "{odd}")) == "– ⚠ Not delivered: {odd}"
    assert line(event("handed_over", "asked_for_person")) == "– Handed over: asked for person."
    assert line(event("something_new", "Mia")) == "– something new Mia"
    assert line(event("watched", "Mia")) == ""
