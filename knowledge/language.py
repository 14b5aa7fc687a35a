"""Which language a text is in. Knows scripts and one statistical model; knows no conversation."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

_SCRIPTS = (
    ("han", "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff", ("zh", "ja"), 1.0),
    ("kana", "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f", ("ja",), 1.0),
    ("hangul", "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af", ("ko",), 0.6),
    ("cyrillic", "\u0400-\u052f", ("ru", "uk", "bg", "sr", "mk", "be", "kk"), 0.2),
    ("arabic", "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc", ("ar", "fa", "ur"), 0.25),
    ("devanagari", "\u0900-\u097f", ("hi", "mr", "ne"), 0.25),
    ("greek", "\u0370-\u03ff\u1f00-\u1fff", ("el",), 0.2),
    ("hebrew", "\u0590-\u05ff", ("he",), 0.25),
    ("thai", "\u0e00-\u0e7f", ("th",), 0.25),
    ("bengali", "\u0980-\u09ff", ("bn",), 0.25),
    ("gurmukhi", "\u0a00-\u0a7f", ("pa",), 0.25),
    ("gujarati", "\u0a80-\u0aff", ("gu",), 0.25),
    ("tamil", "\u0b80-\u0bff", ("ta",), 0.25),
    ("telugu", "\u0c00-\u0c7f", ("te",), 0.25),
    ("kannada", "\u0c80-\u0cff", ("kn",), 0.25),
    ("malayalam", "\u0d00-\u0d7f", ("ml",), 0.25),
    ("lao", "\u0e80-\u0eff", ("lo",), 0.25),
    ("burmese", "\u1000-\u109f", ("my",), 0.25),
    ("georgian", "\u10a0-\u10ff", ("ka",), 0.2),
    ("armenian", "\u0530-\u058f", ("hy",), 0.2),
    ("khmer", "\u1780-\u17ff", ("km",), 0.25),
    ("latin", "A-Za-z\u00c0-\u024f\u1e00-\u1eff", (), 0.2),
)
_LATIN = (
    "en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "no", "fi",
    "pl", "cs", "sk", "sl", "hr", "hu", "ro", "tr", "id", "ms",
    "vi", "et", "lv", "lt", "tl",
)  # fmt: skip
# Letters that only one of a script's languages writes.
_TELLING = {
    "uk": "іїєґ", "be": "ў", "sr": "ђћ", "mk": "ѓќѕ", "kk": "әғқңөұүһ", "ur": "ٹڈڑے", "fa": "پچژگ",
}  # fmt: skip
NOT_LATIN = frozenset(language for _, _, languages, _ in _SCRIPTS for language in languages)
"""Languages that are not written in Latin letters."""

_LETTERS = {name: re.compile(f"[{characters}]") for name, characters, _, _ in _SCRIPTS}
_LANGUAGES = {name: languages for name, _, languages, _ in _SCRIPTS}
_WEIGHT = {name: weight for name, _, _, weight in _SCRIPTS}
# Only ASCII: in Chinese a number touches the words around it.
_NOT_WORDS = re.compile(r"(?:https?://|www\.)[!-~]+|[\w.+-]+@[\w.-]+|[!-~]*\d[!-~]*", re.ASCII)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ENOUGH_WORDS = 3
_SURE = 0.5
_LIKELY = 0.3
_LONGEST = 2000


def detect(text: str, candidates: Sequence[str] | None = None, default: str = "en") -> str:
    """The ISO 639-1 code of the language of `text`, one of `candidates` if they are given, else `default`.

    The script decides where it can; one or two words in Latin letters never do, and neither do names, numbers,
    addresses and links.
    """
    text = _NOT_WORDS.sub(" ", text[:_LONGEST])
    script = _script(text)
    if script is None:
        return default
    spoken = [code for code in _LANGUAGES[script] or _LATIN if candidates is None or code in candidates]
    if script == "latin":
        return _latin(text, spoken, default)
    return _of_script(text, script, spoken, default)


def _script(text: str) -> str | None:
    """The script that most of the text is in, None without letters; some kana make Chinese characters Japanese."""
    share = Counter(
        {name: len(found) * _WEIGHT[name] for name, pattern in _LETTERS.items() if (found := pattern.findall(text))}
    )
    if share["kana"] and share["kana"] >= 0.2 * share["han"]:
        share["kana"] += share.pop("han", 0)
    return max(share, key=lambda name: share[name]) if any(share.values()) else None


def _of_script(text: str, script: str, spoken: list[str], default: str) -> str:
    if not spoken:
        return default
    lower = text.casefold()
    for language in spoken:
        if any(letter in lower for letter in _TELLING.get(language, "")):
            return language
    plain = [language for language in spoken if language not in _TELLING] or spoken
    if len(plain) > 1 and script not in {"han", "arabic"} and len(_WORD.findall(text)) >= _ENOUGH_WORDS:
        share = _shares(text, plain)
        return max(plain, key=lambda language: share.get(language, 0.0))
    return default if default in plain else plain[0]


def _latin(text: str, spoken: list[str], default: str) -> str:
    if not spoken or len(_WORD.findall(text)) < _ENOUGH_WORDS:
        return default
    if len(spoken) == 1:
        return spoken[0]
    # Ranked among more languages than are spoken, or Spanish would be German where only English and German are.
    share = _shares(text, {*_LATIN, *spoken})
    best = max(spoken, key=lambda language: share.get(language, 0.0))
    sure = share.get(best, 0.0) >= _SURE
    clear = share.get(best, 0.0) >= max(_LIKELY, 5 * share.get(default, 0.0))
    return best if sure or clear else default


def _shares(text: str, among: Iterable[str]) -> dict[str, float]:
    """How probable each of these languages is, adding up to 1."""
    wanted = set(among)
    found = {language: share for language, share in _identifier().rank(text) if language in wanted}
    total = sum(found.values())
    return {language: share / total for language, share in found.items()} if total else {}


@lru_cache(maxsize=1)
def _identifier() -> Any:
    # Loaded on first need: half a second and more than 100 MB.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
