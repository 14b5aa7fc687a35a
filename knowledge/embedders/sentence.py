"""Embeds with a sentence-transformers model. All that is peculiar to that library is known here, and nowhere else."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embedders.base import Progress, Vectors
from knowledge.embedders.fingerprint import fingerprint
from knowledge.embedders.prompts import Prompts, known_prompts
from knowledge.errors import EmbedderError

_BATCH = 32


class SentenceEmbedder:
    """A model of a local folder or of a hub. May be used from several threads: they take turns batch by batch."""

    def __init__(
        self,
        model: str | Path,
        *,
        prompts: Prompts | None = None,
        device: str | None = None,
        batch_size: int = _BATCH,
    ) -> None:
        """Load `model`, a folder or a hub's name. EmbedderError when that fails.

        A folder is read without asking any network. `prompts` overrides what the model's own files and the
        table of known families say; `device` is "cpu", "cuda", … and by default the best one there is.
        """
        self._batch_size = batch_size
        self._turn = threading.Lock()
        self._model = _load(str(model), device)
        folder = _folder(str(model))
        self._prompts = prompts or _own_prompts(self._model) or known_prompts(str(model), folder) or Prompts("", "")
        self._dimension = int(self._model.get_embedding_dimension())
        self._name = model_name(folder, str(model), self._prompts)

    @property
    def name(self) -> str:
        """`sentence:MODEL@FINGERPRINT`; see `model_name`."""
        return self._name

    @property
    def dimension(self) -> int:
        """The length of each vector."""
        return self._dimension

    @property
    def widths(self) -> tuple[int, ...]:
        """All numbers are of one model."""
        return (self._dimension,)

    @property
    def prompts(self) -> Prompts:
        """What is written before a query and before a passage."""
        return self._prompts

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of what customers ask, shape (len(texts), dimension)."""
        return self._embed(texts, self._model.encode_query, self._prompts.query, None)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of what is known, shape (len(texts), dimension)."""
        return self._embed(texts, self._model.encode_document, self._prompts.passage, progress)

    def _embed(
        self, texts: Sequence[str], encode: Callable[..., Any], prompt: str, progress: Progress | None
    ) -> Vectors:
        vectors = np.zeros((len(texts), self._dimension), np.float32)
        # Texts of like length share a batch, so that little is computed for padding; the longest go first, so
        # that what does not fit into memory fails at once and not after an hour.
        order = sorted((i for i, text in enumerate(texts) if text.strip()), key=lambda i: -len(texts[i]))
        done = len(texts) - len(order)
        for start in range(0, len(order), self._batch_size):
            rows = order[start : start + self._batch_size]
            with self._turn:
                batch = encode([texts[i] for i in rows], prompt=prompt, batch_size=len(rows), show_progress_bar=False)
            vectors[rows] = _unit(np.asarray(batch, np.float32))
            done += len(rows)
            if progress:
                progress(done, len(texts))
        return vectors


def model_name(folder: Path | None, model: str, prompts: Prompts) -> str:
    """The name of the embedder that `model`, lying in `folder`, gives; cheap, for nothing is loaded.

    The fingerprint covers the settings, the tokenizer, the sizes and ends of the weights and the prompts.
    """
    title = Path(model).name if folder and Path(model).expanduser().is_dir() else model
    return f"sentence:{title}@{fingerprint(folder, extra=f'{prompts.query}|{prompts.passage}')}"


def _load(model: str, device: str | None) -> Any:
    local = Path(model).expanduser()
    if not local.is_dir() and (local.is_absolute() or model.startswith((".", "~"))):
        raise EmbedderError(f"{model}: no such folder; pull the model first (`kefu models pull`) or name another one")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EmbedderError(f"sentence-transformers cannot be imported ({error}); reinstall Kefu") from error
    try:
        with _no_progress_bars():
            return SentenceTransformer(
                str(local) if local.is_dir() else model,
                device=device,
                local_files_only=local.is_dir(),
                model_kwargs={"dtype": "float32"},
            )
    except Exception as error:  # the library raises whatever its readers of many formats raise
        reason = " ".join(str(error).split())[:200]
        cure = "pull it again (`kefu models pull`)" if local.is_dir() else "check the name and the network"
        raise EmbedderError(f"{model}: the embedder cannot be loaded ({reason}); {cure}") from error


def _folder(model: str) -> Path | None:
    local = Path(model).expanduser()
    if local.is_dir():
        return local
    from huggingface_hub import try_to_load_from_cache

    names = (model, f"sentence-transformers/{model}")
    found = (try_to_load_from_cache(name, "config.json") for name in names)
    return next((Path(path).parent for path in found if isinstance(path, str)), None)


def _own_prompts(model: Any) -> Prompts | None:
    query = model.prompts.get("query", "")
    passage = model.prompts.get("document") or model.prompts.get("passage") or ""
    return Prompts(query, passage) if query or passage else None


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, 1e-12)
    return unit


@contextmanager
def _no_progress_bars() -> Iterator[None]:
    import transformers

    logging: Any = transformers.utils.logging
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
