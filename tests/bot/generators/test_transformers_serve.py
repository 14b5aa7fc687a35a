"""Against a real `transformers serve` on the CPU, with a tiny model, and with the default one."""

import contextlib
import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from bot.answering.answer import Question
from bot.answering.answerer import Answerer, Policy
from bot.answering.speak import Manner, Speaker
from bot.answering.support import SpanSupport
from bot.answering.trace import recorded
from bot.generators.base import Cancelled, ChatMessage, GenerationFailed, Limits, Prompt
from bot.generators.causal import CausalGenerator
from bot.generators.extractive import ExtractiveGenerator
from bot.generators.remote import Patience, RemoteGenerator
from bot.models.catalogue import read_catalogue
from bot.models.ready import folder_of, is_ready
from bot.settings import Settings
from knowledge.embedders.hashing import HashingEmbedder
from knowledge.retriever import Retriever
from knowledge.snapshot.builder import build
from tests.bot.answering.conftest import ENTRIES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not importlib.util.find_spec("openai"), reason="pip install 'transformers[serving]'"),
]

PROMPT = Prompt((ChatMessage("system", "Be kind."), ChatMessage("user", "Where is my order?")))
PATIENCE = Patience(first_token=120, between=60)


@pytest.fixture(scope="module")
def speller(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model, which writes ASCII alone: bytes that are no UTF-8 are spelled by each server in its own way."""
    folder = shutil.copytree(tiny, tmp_path_factory.mktemp("serve") / "tiny")
    vocabulary: dict[str, int] = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    others = [number for piece, number in vocabulary.items() if not piece.isascii()]
    weights = load_file(folder / "model.safetensors")
    weights["model.embed_tokens.weight"][others] = 0
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


@contextlib.contextmanager
def served(folder: Path, log: Path, dtype: str) -> Iterator[str]:
    """The address of a server on the CPU that has this model alone."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(folder), "--device", "cpu"]
    command += ["--dtype", dtype, "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, env={**os.environ, "HF_HUB_OFFLINE": "1"}, stdout=out, stderr=out)
        try:
            wait_for(f"http://127.0.0.1:{port}/health", server, log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="module")
def url(speller: Path) -> Iterator[str]:
    with served(speller, speller.parent / "log", "float32") as address:
        yield address


def wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + 180
    while server.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server does not answer: {log.read_text()[-2000:]}")


def test_writes_what_the_same_model_writes_in_this_process(url: str, speller: Path) -> None:
    local = CausalGenerator(speller, weights="float32")
    expected = "".join(local.generate(PROMPT, Limits(24)))
    local.close()
    pieces = list(RemoteGenerator(url, patience=PATIENCE).generate(PROMPT, Limits(24)))
    assert "".join(pieces) == expected
    assert len(pieces) > 1


def test_learns_the_models_name(url: str, speller: Path) -> None:
    assert RemoteGenerator(url).name == str(speller)


def test_several_callers_get_their_own_drafts(url: str) -> None:
    generator = RemoteGenerator(url, patience=PATIENCE)
    alone = "".join(generator.generate(PROMPT, Limits(12)))
    texts: list[str] = []
    threads = [
        threading.Thread(target=lambda: texts.append("".join(generator.generate(PROMPT, Limits(12)))))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == [alone] * 3


def test_a_cancelled_draft_harms_no_later_one(url: str) -> None:
    generator = RemoteGenerator(url, patience=PATIENCE)
    whole = "".join(generator.generate(PROMPT, Limits(12)))
    limits = Limits(3000)
    pieces = generator.generate(PROMPT, limits)
    next(pieces)
    limits.cancelled.set()
    with pytest.raises(Cancelled):
        list(pieces)
    assert "".join(generator.generate(PROMPT, Limits(12))) == whole


def test_a_model_it_does_not_have_is_a_failed_draft(url: str) -> None:
    with pytest.raises(GenerationFailed):
        list(RemoteGenerator(f"{url}#no/such-model", patience=PATIENCE).generate(PROMPT, Limits(4)))


def named(folder: Path, copy: Path) -> Path:
    """A copy whose config says what to open it with: models that were made ready before 2026-11-30 do not."""
    copy.mkdir()
    for path in folder.iterdir():
        (copy / path.name).symlink_to(path)
    config = json.loads((folder / "config.json").read_text()) | {"architectures": ["Qwen2ForCausalLM"]}
    (copy / "config.json").unlink()
    (copy / "config.json").write_text(json.dumps(config))
    return copy


@pytest.mark.models
@pytest.mark.timeout(600)
def test_the_default_model_behind_a_server_answers_a_customer(tmp_path: Path) -> None:
    model, cache = read_catalogue()["qwen-0.5b"], Settings().models_dir
    if not is_ready(model, cache):
        pytest.skip("run `kefu models pull qwen-0.5b`")
    embedder = HashingEmbedder()
    retriever = Retriever(build(ENTRIES, [], embedder, tmp_path / "knowledge"), embedder)
    with served(named(folder_of(model, cache), tmp_path / "model"), tmp_path / "log", "float32") as address:
        generator = RemoteGenerator(address, patience=PATIENCE)
        support = SpanSupport(retriever)
        manner = Manner(compose=True, seconds=300, needed_support=0.3)
        speaker = Speaker(generator, ExtractiveGenerator(), support, manner)
        released: list[str] = []
        with recorded() as trace:
            answer = Answerer(retriever, speaker, Policy()).answer(
                Question("How long can I return goods?"), lambda sentence: released.append(sentence.text)
            )
    assert "30 days" in trace.drafts[0].text
    assert "30 days" in answer.text
    assert released
