"""How the owner wants the bot to answer: settings, and what was found out, as policy and manner. Loads no model."""

from dataclasses import replace
from pathlib import Path

from bot.answering.answerer import Policy
from bot.answering.check import Support
from bot.answering.leak import mark_of
from bot.answering.rewrite import Patience, Rewriter
from bot.answering.second_look import Band, Eye, SecondLook, read_worth
from bot.answering.speak import Manner
from bot.answering.trust import Trust, read_trust, trust_file
from bot.answering.voice import Persona, Voice
from bot.generators.base import Generator, Weigher
from bot.reading.examples import Examples
from bot.settings import Settings
from knowledge.calibration.calibration import Calibration
from knowledge.confidence import Weights
from knowledge.embedders.base import Embedder
from knowledge.filters import FOR_CUSTOMERS, Filter
from knowledge.retriever import Retriever


def policy_of(settings: Settings, calibration: Calibration | None) -> Policy:
    """When to answer: as the owner has set, else as the snapshot was calibrated, else as serves any knowledge."""
    words = tuple(settings.handoff_words)
    policy = Policy(handoff_words=words, within=within_of(settings), voice=voice_of(settings))
    if calibration:
        policy = replace(policy, threshold=calibration.threshold, search=policy.search.by(calibration))
    return policy if settings.threshold is None else replace(policy, threshold=settings.threshold)


_OF_LETTERS = "hashing:"


def examples_of(settings: Settings, embedder: Embedder) -> Examples | None:
    """What tells messages by examples; None for an embedder that knows letters and no meaning."""
    if embedder.name.startswith(_OF_LETTERS):
        return None
    return Examples(embedder, settings.cache_dir / "examples")


def voice_of(settings: Settings) -> Voice:
    """In which voice the bot speaks."""
    return Voice(settings.tone, Persona.read(settings.persona))


def within_of(settings: Settings) -> Filter:
    """What customers may be told: of the owner's tags, and nothing that is internal."""
    return replace(FOR_CUSTOMERS, tags=Filter.of(settings.tags).tags)


def manner_of(settings: Settings, generator: Generator | None, retriever: Retriever) -> Manner:
    """How to speak: as the owner has set, and as far as the generator was found to be trusted."""
    return Manner(
        compose=settings.compose == "always",
        trust=trust_of(settings, generator, retriever),
        seconds=settings.answer_seconds,
        tokens=settings.answer_tokens,
        shots=settings.shots,
        mark=mark_of(retriever.snapshot_id),
        voice=voice_of(settings),
    )


def trust_of(settings: Settings, generator: Generator | None, retriever: Retriever) -> Trust:
    """How far the generator was found to be trusted with what `retriever` finds."""
    return read_trust(trust_file_of(settings, generator, retriever)) if generator else Trust()


def rewriter_of(
    settings: Settings, generator: Generator | None, retriever: Retriever, support: Support
) -> Rewriter | None:
    """Who makes follow-ups stand alone: the generator, if the owner wants that, or it was found to pay."""
    wanted = settings.rewrite == "always"
    if settings.rewrite == "auto":
        wanted = trust_of(settings, generator, retriever).lets_rewrite
    patience = Patience(seconds=settings.answer_seconds / 2)
    return Rewriter(generator, support, patience) if generator and wanted else None


def trust_file_of(settings: Settings, generator: Generator, retriever: Retriever) -> Path:
    """Where it lies what was measured of the generator on what `retriever` finds."""
    return trust_file(settings.data_dir / "trust", generator.name, retriever.entries)


def look_of(settings: Settings, generator: Generator | None, retriever: Retriever) -> SecondLook | None:
    """Who looks once more at what is not sure: the generator, if it can, and if that was found to pay."""
    if settings.second_look == "off" or not (weigher := weigher_of(generator)):
        return None
    if not (worth := read_worth(look_file_of(settings, weigher, retriever))):
        return None
    # An owner's own threshold is a probability, and so is what a look leaves; a calibrated one keeps a promise.
    if (found := retriever.calibration) and settings.threshold is None:
        worth = worth.beside(found.threshold, found.promised, Band())
    return SecondLook(Eye(weigher), worth, settings.second_look_seconds)


def weigher_of(generator: object) -> Weigher | None:
    """The generator, if it can tell how likely a text is."""
    return generator if isinstance(generator, Weigher) else None


def look_file_of(settings: Settings, weigher: Weigher, retriever: Retriever) -> Path:
    """Where it lies what a second look is worth, after a first one as this snapshot's calibration takes it."""
    first = retriever.calibration.weights if retriever.calibration else Weights()
    return trust_file(settings.data_dir / "looks", f"{weigher.name} {first}", retriever.entries)
