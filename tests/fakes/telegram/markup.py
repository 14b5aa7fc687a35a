"""Markup as Telegram reads it: HTML into text with entities, entities checked, keyboards checked. Knows no chat."""

import re
from collections.abc import Iterator
from typing import Any

from tests.fakes.telegram.ledger import Json
from tests.fakes.telegram.params import decoded
from tests.fakes.telegram.refusal import bad

LONGEST = 4096
LONGEST_CAPTION = 1024
_LONGEST_DATA = 64
_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_TAG = re.compile(r"</?([a-zA-Z0-9-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]+));")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")


def units(text: str) -> int:
    """How long a text is for Telegram: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def formatted(params: Json, name: str = "text", entities: str = "entities") -> tuple[str, list[Json]]:
    """The text that is shown, and its entities. Raises Refusal when the markup is broken."""
    text = str(params.get(name, ""))
    mode = str(params.get("parse_mode") or "").lower()
    if mode == "html":
        return parse_html(text)
    if mode:
        # MarkdownV2 exists, but Kefu never sends it; who does shall notice.
        raise bad("unsupported parse_mode")
    given = decoded(params, entities) or []
    _check_entities(text, given)
    return text, given


def parse_html(source: str) -> tuple[str, list[Json]]:
    """The text that is shown, and its entities. Raises Refusal when the markup is broken."""
    text: list[str] = []
    open_: list[tuple[str, int, Json]] = []
    entities: list[Json] = []
    at = 0
    length = 0
    while at < len(source):
        if source[at] == "<":
            tag = _tag_at(source, at)
            if source[at + 1] == "/":
                entities.extend(_closed(open_, tag.group(1), length, _byte(source, at)))
            else:
                open_.append((tag.group(1).lower(), length, _entity(tag, _byte(source, at))))
            at = tag.end()
            continue
        piece, at = _character(source, at)
        text.append(piece)
        length += units(piece)
    if open_:
        raise _unparsed(f'Can\'t find end tag corresponding to start tag "{open_[-1][0]}"')
    return "".join(text), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"]))


def _tag_at(source: str, at: int) -> re.Match[str]:
    tag = _TAG.match(source, at)
    if tag is None:
        raise _unparsed(f"Unclosed start tag at byte offset {_byte(source, at)}")
    if source[at + 1] != "/" and tag.group(1).lower() not in _TAGS:
        raise _unparsed(f'Unsupported start tag "{tag.group(1)}" at byte offset {_byte(source, at)}')
    return tag


def _entity(tag: re.Match[str], at: int) -> Json:
    name = tag.group(1).lower()
    given = {key.lower(): next(filter(None, values), "") for key, *values in _ATTRIBUTE.findall(tag.group(2))}
    if name == "span" and given.get("class") != "tg-spoiler":
        raise _unparsed(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
    entity: Json = {"type": _TAGS[name]}
    if name == "a":
        entity["url"] = _unescaped(given.get("href", ""))
    if name == "tg-emoji":
        entity["custom_emoji_id"] = given.get("emoji-id", "")
    if name == "blockquote" and "expandable" in tag.group(2):
        entity["type"] = "expandable_blockquote"
    if name == "code" and given.get("class", "").startswith("language-"):
        entity["language"] = given["class"].removeprefix("language-")
    return entity


def _closed(open_: list[tuple[str, int, Json]], name: str, end: int, at: int) -> Iterator[Json]:
    if not open_:
        raise _unparsed(f"Unexpected end tag at byte offset {at}")
    opened, start, entity = open_.pop()
    if name and name.lower() != opened:
        raise _unparsed(f'Unmatched end tag at byte offset {at}, expected "</{opened}>", found "</{name}>"')
    # An empty link, or one to nowhere, is shown as mere text.
    if end > start and entity.get("url", "somewhere"):
        yield entity | {"offset": start, "length": end - start}


def _character(source: str, at: int) -> tuple[str, int]:
    if source[at] == "&" and (found := _REFERENCE.match(source, at)) and (piece := _meant(found)):
        return piece, found.end()
    return source[at], at + 1


def _meant(reference: re.Match[str]) -> str:
    decimal, hexadecimal, named = reference.groups()
    if named:
        return _NAMED.get(named, "")
    number = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else ""


def _unescaped(text: str) -> str:
    return _REFERENCE.sub(lambda found: _meant(found) or found.group(), text)


def _byte(source: str, at: int) -> int:
    return len(source[:at].encode())


def _unparsed(reason: str) -> Exception:
    return bad(f"can't parse entities: {reason}")


def _check_entities(text: str, entities: Any) -> None:
    if not isinstance(entities, list):
        raise bad("can't parse entities: expected an Array")
    end = units(text)
    inside = _inside_of_characters(text) if entities else set()
    for entity in entities:
        if not isinstance(entity, dict) or not {"type", "offset", "length"} <= entity.keys():
            raise bad("can't parse MessageEntity: field is missing")
        start, stop = entity["offset"], entity["offset"] + entity["length"]
        if start < 0 or entity["length"] < 0:
            raise bad("receive an entity with incorrect offset or length")
        if stop > end:
            raise bad(f"entity beginning at UTF-16 offset {start} ends after the end of the text at {end}")
        if start in inside or stop in inside:
            raise bad(f"entity begins or ends in a middle of a UTF-16 symbol at offset {start}")
        if entity["type"] == "text_link" and not entity.get("url"):
            raise bad("can't parse MessageEntity: Can't find field \"url\"")


def _inside_of_characters(text: str) -> set[int]:
    found, at = set(), 0
    for character in text:
        if ord(character) > 0xFFFF:
            found.add(at + 1)
            at += 1
        at += 1
    return found


def keyboard(params: Json) -> Json | None:
    """The keyboard under a message. Raises Refusal when a button is wrong."""
    markup = decoded(params, "reply_markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    for button in (button for row in markup.get("inline_keyboard", ()) for button in row):
        _check_button(button)
    return markup


def _check_button(button: Json) -> None:
    if not button.get("text"):
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if len(button.keys() - {"text", "icon_custom_emoji_id", "style"}) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= _LONGEST_DATA:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not re.match(r"(https?|tg)://\S", button["url"]):
        raise bad("inline keyboard button URL is invalid: Wrong HTTP URL")
