"""Takes the noise out of a message: emoji, rows of marks, shouting, the short forms of chats. Knows no question."""

import re

_EMOJI = re.compile(
    "[\u2600-\u27bf\ufe0f\u200d\U0001f000-\U0001faff]+|(?<!\\w)[>}]?[:;=8][-'o]?[()dp|/\\\\]+(?!\\w)", re.I
)
_MARKS = re.compile(r"([?!？！。.,，~…])[?!？！。.,，~…]+1*")
_SHOUTED_LETTERS = 8
_WORD = re.compile(r"(?<![\w'@./:-])[a-z0-9]{1,7}(?![\w'@/:-]|\.\w)", re.I)
_SHORT = {
    "u": "you", "ur": "your", "r": "are", "n": "and", "hw": "how", "wat": "what", "wen": "when", "wer": "where",
    "pls": "please", "plz": "please", "thx": "thanks", "til": "until", "cuz": "because", "coz": "because",
    "wanna": "want to", "gonna": "going to", "gimme": "give me", "nxt": "next", "abt": "about", "b4": "before",
    "2day": "today", "2moro": "tomorrow", "tmrw": "tomorrow", "msg": "message", "pw": "password", "pwd": "password",
    "teh": "the", "mony": "money", "bak": "back", "hv": "have", "wht": "what", "whn": "when", "wich": "which",
    "whats": "what is", "wheres": "where is", "hows": "how is", "idk": "I do not know", "dunno": "do not know",
    "rtn": "return", "pkg": "package", "acct": "account", "addr": "address", "bday": "birthday", "ppl": "people",
    "recieve": "receive", "yday": "yesterday", "l8r": "later", "lemme": "let me", "gotta": "have to", "bc": "because",
    "dont": "don't", "cant": "can't", "doesnt": "doesn't", "didnt": "didn't", "lol": "", "omg": "", "btw": "",
}  # fmt: skip


def without_noise(text: str) -> str:
    """`text` without emoji and rows of marks, in small letters where most are capitals, its short forms in full."""
    plain = _MARKS.sub(r"\1", _EMOJI.sub(" ", text))
    letters = [char for char in plain if char.isascii() and char.isalpha()]
    shouted = len(letters) >= _SHOUTED_LETTERS and sum(char.isupper() for char in letters) * 2 > len(letters)
    plain = plain.lower() if shouted else plain
    return " ".join(_WORD.sub(lambda match: _SHORT.get(match.group().lower(), match.group()), plain).split())
