import tomllib
from importlib.resources import files

import pytest

from bot.channels.telegram.errors import in_one_line
from bot.channels.telegram.incoming.links import question_in
from bot.channels.telegram.texts import hinted_language, languages, text


def test_english_comes_first_and_the_promised_languages_are_whole() -> None:
    assert languages()[0] == "en"
    assert {"en", "zh", "es", "de", "fr"} <= set(languages())


def test_every_text_has_every_language() -> None:
    texts = tomllib.loads(files("bot.channels.telegram").joinpath("texts.toml").read_text("utf-8"))

    assert {frozenset(versions) for versions in texts.values()} == {frozenset(languages())}


def test_a_language_that_is_missing_gets_english() -> None:
    assert text("welcome", "xx") == text("welcome", "") == text("welcome", "en")


def test_commands_descriptions_fit_into_telegrams_menu() -> None:
    for language in languages():
        assert all(1 <= len(text(f"command_{name}", language)) <= 256 for name in ("help", "human"))


@pytest.mark.parametrize(("tag", "language"), [("zh-hans", "zh"), ("pt_BR", "pt"), ("de", "de"), (None, "")])
def test_telegrams_tag_hints_at_the_language(tag: str | None, language: str) -> None:
    assert hinted_language(tag) == language


@pytest.mark.parametrize(
    ("payload", "question"),
    [
        ("q-SG93IGRvIEkgcmV0dXJuIGFuIGl0ZW0_", "How do I return an item?"),
        ("q-5oCO5LmI6YCA6LSn", "怎么退货"),
        ("SG93IGRvIEkgcmV0dXJuIGFuIGl0ZW0_", ""),
        ("campaign_7", ""),
        ("q-", ""),
        ("q-A", ""),
        ("q-_w", ""),
        ("q-AAEC", ""),
        ("q-漢", ""),
    ],
)
def test_only_a_marked_payload_is_a_question(payload: str, question: str) -> None:
    assert question_in(payload) == question


def test_an_error_is_told_in_one_line_and_without_the_token() -> None:
    error = ValueError("cannot reach http://h/bot123456:ABCdefGHIjklMNOpqrSTUvwxYZ/getMe\nmore")

    assert in_one_line(error) == "cannot reach http://h/bot<token>/getMe"
    assert in_one_line(ValueError()) == "ValueError"
