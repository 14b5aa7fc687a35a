"""Which messages can be accepted at all. Knows no conversation and no channel."""

LONGEST_MESSAGE = 4096
"""Characters: what Telegram lets a customer write must be accepted. A longer text is a document, not a question."""


def objection(text: str) -> str | None:
    """Why a text cannot be accepted, in words fit for the customer, or None."""
    if not text.strip():
        return "the message is empty"
    if len(text) > LONGEST_MESSAGE:
        return f"the message has {len(text):,} characters; at most {LONGEST_MESSAGE:,} are accepted"
    if "\x00" in text:
        return "the message contains a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "the message is not valid Unicode (it contains half of a surrogate pair)"
    return None
