"""The default models as typed values, read from `catalogue.toml`. Knows no network and no disk but that file."""

import hashlib
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, get_args

from bot.models.errors import CatalogueBroken, ModelUnknown

Kind = Literal["embedder", "generator"]
Conversion = Literal["folder", "e5", "gguf"]

# Raise it when a conversion writes other files than before: ready models are then made anew.
READY_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One member of one wheel; `wheel` is a pinned requirement such as `name==1.0`."""

    wheel: str
    member: str


@dataclass(frozen=True, slots=True)
class Payload:
    """One file that the wheels carry, in one or more parts; `sha256` is that of the joined file."""

    name: str
    sha256: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """One model of the catalogue. Sizes are in bytes; `hub` is where its publisher keeps the original.

    `reads` are the languages (ISO 639-1) that it is made for, none for many.
    """

    key: str
    kind: Kind
    title: str
    about: str
    licence: str
    hub: str
    conversion: Conversion
    download_bytes: int
    payload_bytes: int
    ready_bytes: int
    payload: tuple[Payload, ...]
    reads: tuple[str, ...] = ()

    @property
    def wheels(self) -> tuple[str, ...]:
        """The pinned wheels that carry the payload, each once."""
        return tuple(dict.fromkeys(part.wheel for payload in self.payload for part in payload.parts))

    @property
    def revision(self) -> str:
        """Changes whenever a ready model made from this would have other files (12 hex digits)."""
        parts = [str(READY_FORMAT), self.conversion, *(f"{p.name}:{p.sha256}" for p in self.payload)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    @property
    def room_bytes(self) -> int:
        """Free disk that making this model ready takes at its peak."""
        return self.payload_bytes + max(self.download_bytes, self.ready_bytes)


Catalogue = dict[str, Model]


def read_catalogue(text: str | None = None) -> Catalogue:
    """Read the shipped catalogue, or `text` in its place.

    Raises CatalogueBroken.
    """
    source = text if text is not None else resources.files("bot.models").joinpath("catalogue.toml").read_text("utf-8")
    try:
        return {key: _model(key, table) for key, table in tomllib.loads(source).items()}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise CatalogueBroken(f"catalogue.toml: {type(error).__name__} {error}: reinstall kefu") from error


def find_model(key: str, catalogue: Catalogue | None = None) -> Model:
    """The model of this key; raises ModelUnknown with the keys there are."""
    catalogue = catalogue if catalogue is not None else read_catalogue()
    if key not in catalogue:
        raise ModelUnknown(f"no model `{key}` in the catalogue: choose one of {', '.join(catalogue)}")
    return catalogue[key]


def _model(key: str, table: dict[str, Any]) -> Model:
    fields = {name: value for name, value in table.items() if name not in {"payload", "reads"}}
    payload, reads = tuple(_payload(item) for item in table["payload"]), tuple(table.get("reads", ()))
    model = Model(key=key, payload=payload, reads=reads, **fields)
    if model.kind not in get_args(Kind) or model.conversion not in get_args(Conversion):
        raise ValueError(f"{key}: unknown kind `{model.kind}` or conversion `{model.conversion}`")
    return model


def _payload(table: dict[str, Any]) -> Payload:
    return Payload(table["name"], table["sha256"], tuple(Part(**part) for part in table["parts"]))
