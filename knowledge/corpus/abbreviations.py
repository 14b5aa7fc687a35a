"""Whether a full stop ends a sentence. Knows the abbreviations of a few Latin-script languages, nothing else."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEVER = _words(
    # A name or an example follows these, whatever its first letter.
    "mr mrs ms dr prof st mt rev hon gen sen rep capt sgt lt col fr sr sra srta herr hr "
    "e.g eg i.e ie cf vs viz approx ca resp incl excl esp z.b d.h u.a bzw ggf evtl inkl exkl zzgl ca. p.ex "
    "ave blvd rd tel fax ext dept mon tue tues wed thu thur thurs fri sat sun "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
_BEFORE_NUMBER = _words("no nr nos num art abs sec ch vol fig p pp para item ref version ver v n°")
_MAY_END = _words("etc usw inc ltd co corp llc gmbh jr plc bros a.m p.m am pm u.s u.k e.u u.s.a ph.d b.v")
_STARTERS = _words(
    "the a an we you he she it they i this that these those there if when while once after before please your our "
    "my his her its their for in on at to from with as by all any each no not yes but and or so however do does did "
    "can could will would may should is are was what where how why who which also orders wir sie es der die das wenn "
    "bitte ihre el la los las si para por nous vous le les pour"
)
_MONTHS = _words(
    "januar februar märz april mai juni juli august september oktober november dezember jahrhundert etage stock "
    "ledna února března dubna května června července srpna září října listopadu prosince"
)
_WORD_BEFORE = re.compile(r"[^\s(\[{\"'“‘«/–—-]+\Z")
_WORD_AFTER = re.compile(r"\w+")


def ends_sentence(before: str, mark: str, after: str) -> bool:
    """Whether `mark` ends the sentence `before` when white space and then `after` follow."""
    words = _WORD_AFTER.search(after)
    following = words.group() if words and not after[: words.start()].strip("\"'“‘«([*_ \t\n¿¡$€£¥-") else ""
    if mark[0] == "…" or mark.startswith(".."):
        return not following[:1].islower()
    if mark[0] != ".":
        return len(mark.rstrip("\"'”’»)]")) == len(mark) or not following[:1].islower()
    found = _WORD_BEFORE.search(before)
    return _full_stop(found.group() if found else "", following)


def _full_stop(word: str, following: str) -> bool:
    low = word.casefold().strip("*_")
    if low in _NEVER or (len(low) == 1 and word.isupper() and word.isascii() and word != "I"):
        return False
    if low in _BEFORE_NUMBER:
        return not following[:1].isdigit()
    if low in _MAY_END or re.fullmatch(r"(?:[a-z]\.)+[a-z]", low):
        return following[:1].isupper() and following.casefold() in _STARTERS
    ordinal = re.fullmatch(r"\d{1,2}", low) and following.casefold() in _MONTHS
    return not ordinal
