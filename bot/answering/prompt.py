"""Writes the prompt: instructions, worked examples, the found entries fenced as data, last turns, the question.

Knows no model; a token budget is kept with the counting function it is handed.
"""

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain

from bot.answering.answer import CUSTOMER, PastTurn, Question
from bot.answering.voice import PLAINLY, Voice
from bot.generators.base import ChatMessage, Prompt
from knowledge.corpus.clean import clean
from knowledge.corpus.entry import Entry
from knowledge.corpus.split import sentences

CountTokens = Callable[[Sequence[ChatMessage]], int]

_MOST_TURNS = 4
_LONGEST_TURN = 300  # characters
_LONGEST_QUESTION = 1000  # characters
_FENCE = ("<<<", ">>>")
# Whatever looks like a control token of any family of models, or like our fence, is made harmless in foreign text.
_CONTROL = re.compile(
    r"[<＜]\s*[|｜].*?[|｜]\s*[>＞]|[<＜]{3,}|[>＞]{3,}|<</?\s*SYS\s*>>"
    r"|\[/?\s*(?:INST|SYS|SYSTEM\w*|USER|ASSISTANT|AVAILABLE_TOOLS|TOOL_\w+)\s*\]"
    r"|</?\s*(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn|think\w*|tool\w*|function\w*|system|user|assistant|human"
    r"|instructions?|prompt|context|facts)\s*>",
    re.I | re.S,
)
# So is a line that begins like one of our layout, or like a turn of somebody's.
_LAYOUT = re.compile(
    r"^[^\w\n]*(\[\d+\]|(?:questions?|answers?|facts|customer|support|system|assistant|user|human|instructions?"
    r"|conversation so far|问题|回答|事实|系统|助手|用户|指令|客服|顾客)\s*[:：]|answer in \w+)",
    re.M | re.I,
)


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("bot.answering").joinpath("prompt.toml").read_text("utf-8"))


@lru_cache(maxsize=8)
def _fixed(mark: str, voice: Voice) -> tuple[ChatMessage, ...]:
    """Instructions, headed by the mark, and worked examples: small models obey examples better than rules."""
    texts = _texts()
    head = f"[{mark}]\n" if mark else ""
    told = [texts["instructions"]["text"].strip(), texts["tones"].get(voice.tone, "")]
    if voice.persona.name:
        told.append(neutral(f"Your name is {voice.persona.name}. {voice.persona.about}"))
    messages = [ChatMessage("system", head + "\n".join(filter(None, told)))]
    for name in sorted(texts["examples"]):
        asked, _, answered = texts["examples"][name].strip().partition("\n===\n")
        messages += [ChatMessage("user", asked), ChatMessage("assistant", answered)]
    return tuple(messages)


def neutral(text: str) -> str:
    """`text` with everything made harmless that a model or our layout could take for an instruction's frame."""
    # What cannot be seen, and odd ends of lines, would hide a frame from the patterns and not from the model.
    seen = "\n".join(clean(text)[0].splitlines())
    while seen != (without := _CONTROL.sub(" ", seen)):
        seen = without
    return _LAYOUT.sub(r"· \1", seen).strip()


def build_prompt(
    question: Question,
    language: str,
    entries: Sequence[Entry],
    count_tokens: CountTokens,
    budget: int,
    mark: str = "",
    *,
    voice: Voice = PLAINLY,
    shots: Sequence[Entry] = (),
    one_sentence: bool = False,
) -> Prompt:
    """The prompt for `entries`, best first, in at most `budget` tokens; `mark` heads the instructions.

    `shots` are entries that another question is answered by: each becomes a worked example, nearest last, after the
    fixed ones. `one_sentence`: one is asked for, with every number of the facts.

    What does not fit goes in this order: shots, oldest turns, the least entries, the end of the best entry.
    """
    turns = list(question.history[-_MOST_TURNS:])
    kept = [(entry, entry.answer) for entry in entries]
    worked = [_worked(shot, language) for shot in shots]
    while True:
        last = ChatMessage("user", _last_message(question.text, language, kept, turns, one_sentence=one_sentence))
        fixed = _fixed(mark, voice)
        prompt = Prompt((*fixed, *chain.from_iterable(reversed(worked)), last), fixed=len(fixed))
        if count_tokens(prompt.messages) <= budget or not _shrink(worked, turns, kept):
            return prompt


def _worked(entry: Entry, language: str) -> tuple[ChatMessage, ChatMessage]:
    """An entry as a worked example: one way to ask for it, and its answer."""
    asked = next(iter(entry.similar), entry.question)
    facts = _last_message(asked, language, [(entry, entry.answer)], (), one_sentence=False)
    return ChatMessage("user", facts), ChatMessage("assistant", neutral(entry.answer))


def _shrink(
    worked: list[tuple[ChatMessage, ChatMessage]], turns: list[PastTurn], kept: list[tuple[Entry, str]]
) -> bool:
    if worked:
        worked.pop()
    elif turns:
        del turns[0]
    elif len(kept) > 1:
        kept.pop()
    elif kept and len(spans := sentences(kept[0][1])) > 1:
        entry, text = kept[0]
        kept[0] = (entry, text[: spans[len(spans) // 2].start].rstrip())
    else:
        return False
    return True


def _last_message(
    text: str,
    language: str,
    kept: Sequence[tuple[Entry, str]],
    turns: Sequence[PastTurn],
    *,
    one_sentence: bool,
) -> str:
    names = _texts()["languages"]
    lines = ["Facts:", _FENCE[0]]
    for number, (entry, answer) in enumerate(kept, 1):
        lines += [f"[{number}] {neutral(_flat(entry.heading))}", neutral(answer)]
    lines.append(_FENCE[1])
    if turns:
        lines.append("Conversation so far:")
        lines += [f"{'Customer' if t.role == CUSTOMER else 'Support'}: {_shown(t.text)}" for t in turns]
    shortly = " Write one sentence that keeps every number of the facts." if one_sentence else ""
    lines.append(f"Answer in {names.get(language, names['en'])}, with the facts only.{shortly}")
    lines.append(f"Question: {neutral(_flat(text)[:_LONGEST_QUESTION])}")
    return "\n".join(lines)


def _shown(text: str) -> str:
    return neutral(_flat(text)[:_LONGEST_TURN])


def _flat(text: str) -> str:
    return " ".join(text.split())
