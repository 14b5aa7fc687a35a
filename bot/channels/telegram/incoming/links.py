"""Questions that a link brings along. Knows no message.

A page can link to `https://t.me/NAME?start=q-PAYLOAD`, where PAYLOAD is the question, at most 46 bytes of UTF-8,
in base64url without padding: who follows the link has asked the question with one tap. Every other payload
(a campaign's name, a page's) only greets.
"""

from aiogram.utils.payload import decode_payload

_PREFIX = "q-"


def question_in(payload: str) -> str:
    """The question that a link's payload holds, or nothing."""
    if not payload.startswith(_PREFIX):
        return ""
    try:
        question = decode_payload(payload.removeprefix(_PREFIX)).strip()
    except ValueError:
        return ""
    return question if question.isprintable() else ""
