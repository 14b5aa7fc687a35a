"""What a message is like, by examples: in letters where they are enough, with the real embedder where sense is."""

import tomllib
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

import pytest

from bot.app import open_embedder
from bot.models.ready import list_models
from bot.reading.examples import Examples
from bot.reading.intent import Intent
from bot.settings import Settings
from knowledge.embedders.base import Vectors
from knowledge.embedders.hashing import HashingEmbedder

READY = {listed.model.key for listed in list_models(Settings().models_dir) if listed.ready}
TOLD = tomllib.loads(files("bot.reading").joinpath("examples.toml").read_text("utf-8"))
ASKS, ORDINARY = "put me through to customer support.", "do you ship abroad?"


class Counting(HashingEmbedder):
    """Counts the texts that it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded = 0

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.embedded += len(texts)
        return super().embed_queries(texts)


@pytest.fixture(scope="module")
def examples() -> Examples:
    return Examples(HashingEmbedder())


def test_every_example_stands_once_under_an_intent_that_there_is() -> None:
    texts = [text for told in TOLD.values() for texts in told.values() for text in texts]
    assert [text for text, count in Counter(map(str.casefold, texts)).items() if count > 1] == []
    assert {Intent(name) for name in TOLD} >= {Intent.PERSON, Intent.COMPLAINT, Intent.QUESTION, Intent.ABOUT_BOT}


@pytest.mark.parametrize("name", sorted(set(TOLD) - {"question"}))
def test_an_example_is_like_its_own_intent(examples: Examples, name: str) -> None:
    text = max(TOLD[name]["en"], key=len)
    like = examples.like(text)
    assert like is not None
    assert (like.intent, like.example) == (Intent(name), text)
    assert like.lead > 0


@pytest.mark.parametrize("text", [ORDINARY, "周日营业吗", "was kostet der Versand?"])
def test_an_ordinary_question_is_like_nothing_else(examples: Examples, text: str) -> None:
    assert examples.like(text) is None


def test_one_sentence_of_many_is_enough_to_ask_for_a_person(examples: Examples) -> None:
    like = examples.like(f"{ORDINARY} The weather has been fine all week. {ASKS.capitalize()}")
    assert like is not None
    assert like.intent is Intent.PERSON


def test_smalltalk_is_all_of_a_message(examples: Examples) -> None:
    assert examples.like("hello there!") is not None
    assert examples.like(f"hello there! {ORDINARY}") is None


@pytest.mark.parametrize("text", ["", " ", "?!", "😡", "x" * 20_000, "hi. " * 5_000])
def test_no_text_is_too_odd_to_be_read(examples: Examples, text: str) -> None:
    like = examples.like(text)
    assert like is None or like.lead > 0


def test_vectors_are_computed_once_and_kept(tmp_path: Path) -> None:
    first, second = Counting(), Counting()
    Examples(first, tmp_path / "kept").ready()
    before = Examples(second, tmp_path / "kept")
    before.ready()
    assert (first.embedded > 300, second.embedded) == (True, 0)
    like = before.like(ASKS)
    assert like is not None
    assert like.intent is Intent.PERSON


def test_kept_vectors_that_are_damaged_are_computed_again(tmp_path: Path) -> None:
    Examples(HashingEmbedder(), tmp_path).ready()
    (kept,) = tmp_path.glob("*.npy")
    kept.write_bytes(kept.read_bytes()[:100])
    embedder = Counting()
    Examples(embedder, tmp_path).ready()
    assert embedder.embedded > 300
    assert [path.name for path in tmp_path.iterdir()] == [kept.name]


def test_a_folder_that_takes_nothing_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Examples(HashingEmbedder(), tmp_path / "file" / "below").like(ASKS) is not None


def test_a_full_disk_is_no_obstacle_and_keeps_nothing_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(file: BinaryIO, vectors: Vectors, allow_pickle: bool) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bot.reading.examples.np.save", full)
    assert Examples(HashingEmbedder(), tmp_path).like(ASKS) is not None
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def sensible() -> Examples:
    return Examples(open_embedder(Settings(), "e5-small"))


@pytest.mark.models
@pytest.mark.skipif("e5-small" not in READY, reason="NO REAL MODEL TESTED: run `kefu models pull`")
@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("打了半天字都没用，换个人来跟我说吧", Intent.PERSON),
        ("I have been treated like dirt by your staff and I will not let it go", Intent.COMPLAINT),
        ("你们这样对待老顾客，太过分了，必须给我道歉", Intent.COMPLAINT),
        ("骗钱的吧你们", Intent.COMPLAINT),
        ("are you even a person?", Intent.ABOUT_BOT),
        ("请问你是真人吗", Intent.ABOUT_BOT),
        ("小家伙你叫什么呀", Intent.ABOUT_BOT),
        ("thanks for the assist", Intent.THANKS),
        ("right, I'm off, see you another time", Intent.GOODBYE),
        ("how ya doin", Intent.GREETING),
        ("机器说不明白，来个人吧", Intent.PERSON),
        ("帮我喊个真人", Intent.PERSON),
        ("so behandelt man doch keine Kunden", Intent.COMPLAINT),
    ],
)
def test_what_no_rule_spells_out_is_read_by_sense(sensible: Examples, text: str, intent: Intent) -> None:
    like = sensible.like(text)
    assert like is not None
    assert like.intent is intent
    assert like.lead >= 0.12


@pytest.mark.models
@pytest.mark.skipif("e5-small" not in READY, reason="NO REAL MODEL TESTED: run `kefu models pull`")
@pytest.mark.parametrize(
    "text",
    [
        "how many people can sit at one table?",
        "my kettle stopped working after a month, is it still under guarantee",
        "订单里少了一件，怎么补发",
        "can I pick up the bicycle for my neighbour",
        "yes that is the one",
        "I want to file an insurance claim for my roof",
        "does your chatbot work with Telegram",
        "你们的机器人支持微信吗",
        "where do I complain about noise",
        "my daughter is being bullied, who can I talk to",
    ],
)
def test_questions_of_any_trade_lead_nowhere_else(sensible: Examples, text: str) -> None:
    like = sensible.like(text)
    assert like is None or like.lead < 0.12
