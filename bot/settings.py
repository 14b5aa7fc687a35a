"""All settings, and the only reader of the environment. Knows no package of ours, only how times are written."""

import ipaddress
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.timetable import read_holidays, read_week, read_zone

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
FileType = Literal["png", "jpeg", "webp", "gif", "pdf", "txt", "csv", "docx", "xlsx", "zip"]
LEAST_KEY = 16
"""Characters of a key that signs."""
LEAST_IDENTITY_KEY = 32
"""The same, of the key by which a site's server tells who its customers are."""
_LONGEST_NAME, _LONGEST_ABOUT = 40, 300  # characters


def _cache() -> Path:
    return Path.home() / ".cache" / "kefu"


def _data() -> Path:
    return Path.home() / ".local" / "share" / "kefu"


def _web_address(value: str) -> str:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError(f"{value!r} is no address such as https://help.shop.example")
    return value


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or f"{parts.scheme}://{parts.netloc}" != value:
        raise ValueError(f"{value!r} is no origin such as https://shop.example")
    return value


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is no address or network such as 10.0.0.0/8: {error}") from error


def _long_enough(key: SecretStr | None) -> SecretStr | None:
    if key and len(key.get_secret_value()) < LEAST_KEY:
        raise ValueError(f"fewer than {LEAST_KEY} characters: choose a longer one, or leave it out")
    return key


def _long_identity_key(key: SecretStr | None) -> SecretStr | None:
    if key and len(key.get_secret_value()) < LEAST_IDENTITY_KEY:
        raise ValueError(f"fewer than {LEAST_IDENTITY_KEY} characters: choose a longer one, such as 32 random bytes")
    return key


def _with_identity_key(required: bool, info: ValidationInfo) -> bool:
    if required and "identity_key" in info.data and not info.data["identity_key"]:
        raise ValueError("needs KEFU_IDENTITY_KEY, by which customers are told apart")
    return required


def _reachable(webhook: bool, info: ValidationInfo) -> bool:
    """Telegram brings updates over https alone; a Bot API server of one's own on this machine may use http."""
    if webhook and "public_url" in info.data:
        parts = urlsplit(info.data["public_url"])
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            raise ValueError("needs KEFU_PUBLIC_URL to be an address such as https://help.shop.example")
    return webhook


def _telegram_secret(secret: SecretStr | None) -> SecretStr | None:
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret.get_secret_value()):
        raise ValueError("1 to 256 of the characters A-Z, a-z, 0-9, _ and - are allowed")
    return secret


def _unless_empty(value: Any) -> Any:
    return None if value == "" else value


def _group(chat: int | None) -> int | None:
    if chat is not None and chat >= 0:
        raise ValueError("a group's id is negative, such as -1001234567890")
    return chat


def _word(value: str) -> str:
    if not value.strip():
        raise ValueError("an empty word stands in every message: leave it out")
    return value.strip()


def _persona(value: str) -> str:
    name, _, about = value.strip().partition(":")
    if value.strip() and (
        not name.strip() or len(name) > _LONGEST_NAME or len(about) > _LONGEST_ABOUT or "\n" in value
    ):
        longest = f"{_LONGEST_NAME} and {_LONGEST_ABOUT} characters at most, on one line"
        raise ValueError(f"a name, or a name and a sentence ({longest}), such as Mia: She knows bicycles.")
    return value


def _as(read: Callable[[Any], object]) -> AfterValidator:
    """Accepts what `read` can read, and keeps it as it is written."""

    def check(value: Any) -> Any:
        read(value)
        return value

    return AfterValidator(check)


def _list_such_as(example: str) -> BeforeValidator:
    def parse(value: Any) -> Any:
        try:
            return json.loads(value) if isinstance(value, str) else value
        except json.JSONDecodeError as error:
            raise ValueError(f"not a JSON list such as {example}") from error

    return BeforeValidator(parse)


class Settings(BaseSettings):
    """Every setting has a variable `KEFU_<NAME>`; a file `.env` in the working folder is read too."""

    model_config = SettingsConfigDict(env_prefix="KEFU_", env_file=".env", extra="ignore")

    # Where things lie.
    cache_dir: Path = Field(default_factory=_cache)
    data_dir: Path = Field(default_factory=_data)
    knowledge: Path | None = None

    # What this process does. With an own Redis each may run as often as wanted, on as many machines.
    roles: list[Literal["web", "worker", "telegram"]] = ["web", "worker", "telegram"]

    # The doors.
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: Annotated[str, AfterValidator(_web_address)] = ""
    allowed_origins: list[Annotated[str, AfterValidator(_origin)]] = []
    # Proxies before us, whose X-Forwarded-For is believed: addresses or networks. And how many new customers of the
    # website within ten minutes, and messages a minute, may come from one address; 0: any number.
    trusted_proxies: Annotated[
        list[Annotated[str, AfterValidator(_network)]], NoDecode, _list_such_as('["10.0.0.0/8"]')
    ] = []
    address_visitors: int = Field(default=60, ge=0)
    address_messages: int = Field(default=240, ge=0)
    telegram_token: SecretStr | None = None
    telegram_api: str = ""
    # The id of the staff's group, a forum in which agents answer; group ids are negative.
    telegram_staff: Annotated[int | None, AfterValidator(_group), BeforeValidator(_unless_empty)] = None
    telegram_webhook: Annotated[bool, AfterValidator(_reachable)] = False
    telegram_secret: Annotated[SecretStr | None, AfterValidator(_telegram_secret)] = None

    # State.
    redis_url: str = ""
    # Days after the last change: conversations, the events of those who listen, what was given up.
    retention_days: float = Field(default=30, gt=0)
    events_days: float = Field(default=2, gt=0)
    dead_letters_days: float = Field(default=30, gt=0)
    # So long a customer waits at most when the process died that answered.
    lease_seconds: float = Field(default=10, ge=1, le=300)
    secret_key: Annotated[SecretStr | None, AfterValidator(_long_enough)] = None
    api_token: SecretStr | None = None
    # Files that customers and agents send each other through the website: whether, how large, which types, for how
    # many days (no longer than conversations), and how much one conversation and all may hold. Sizes in megabytes.
    files: bool = True
    files_size: float = Field(default=10, gt=0, le=100)
    files_types: Annotated[list[FileType], NoDecode, _list_such_as('["png", "pdf"]')] = list(get_args(FileType))
    files_days: float = Field(default=30, gt=0)
    files_visitor: float = Field(default=50, gt=0)
    files_total: float = Field(default=1000, gt=0)
    # Whether an agent's correction is approved by another agent or an admin, once there is another.
    corrections_by_two: bool = True
    # Whether webhooks may call addresses of our own network, and by http.
    webhooks_private: bool = False
    # Shared with the site's server, which signs with it who its customers are; required: nobody else may write.
    identity_key: Annotated[SecretStr | None, AfterValidator(_long_identity_key)] = None
    identity_required: Annotated[bool, AfterValidator(_with_identity_key)] = False

    # Models: a key of the catalogue, a folder or a name on a hub; an empty embedder is chosen by the knowledge.
    # The generator may also be the address of a server that speaks the OpenAI interface (http://…/v1#MODEL).
    # A folder's or a hub's kind is told by its config: google/flan-t5-base, bigscience/mt0-small and chat models.
    embedder: str = ""
    generator: str = "qwen-0.5b"
    weights: Literal["auto", "float32", "bfloat16", "int8"] = "auto"
    # A LoRA adapter for the generator, a folder.
    adapter: Annotated[Path | None, BeforeValidator(_unless_empty)] = None
    generator_key: SecretStr | None = None
    generate: bool = True
    compose: Literal["auto", "always"] = "auto"
    # Whether the generator makes follow-ups stand alone; auto: where `kefu calibrate --generator` found that it pays.
    rewrite: Literal["auto", "always", "never"] = "auto"

    # Whether the generator looks once more at what is not sure, for so many seconds at most; auto: where
    # `kefu calibrate --second-look` found that it pays.
    second_look: Literal["auto", "off"] = "auto"
    second_look_seconds: float = Field(default=4.0, gt=0)

    # The bot's voice: a name, or NAME: a sentence about who that is; and how it speaks.
    persona: Annotated[str, AfterValidator(_persona)] = ""
    tone: Literal["plain", "friendly", "formal"] = "plain"

    # When to answer. A build finds out on the knowledge's own questions from which confidence on at most such a share
    # of the answers is wrong; a threshold that is set here holds instead.
    calibrate: bool = True
    wrong_answers: float = Field(default=0.15, gt=0, lt=1)
    threshold: Annotated[float | None, Field(ge=0, le=1), BeforeValidator(_unless_empty)] = None

    # Answering. Seconds and tokens.
    answer_seconds: float = Field(default=8.0, gt=0)
    answer_tokens: int = Field(default=120, ge=16)
    # So many of the nearest other entries are shown to the generator as worked examples.
    shots: int = Field(default=0, ge=0, le=5)
    queue_size: int = Field(default=4, ge=1)
    workers: int = Field(default=4, ge=1)
    # So many answers are kept and given again to who asks the same; 0 keeps none.
    answer_cache: int = Field(default=1000, ge=0)
    # Customers are told only of entries with one of these tags, or of all when there is none; never of internal ones.
    tags: Annotated[list[Annotated[str, AfterValidator(_word)]], NoDecode, _list_such_as('["returns"]')] = []
    # Messages of one customer within so many seconds of each other are answered together.
    burst_seconds: float = Field(default=1.0, ge=0, le=30)

    # Persons: words that always bring one, and when they are there. Lists in JSON.
    handoff_words: Annotated[list[Annotated[str, AfterValidator(_word)]], NoDecode, _list_such_as('["lawyer"]')] = []
    hours: Annotated[str, _as(read_week)] = ""
    timezone: Annotated[str, _as(read_zone)] = "UTC"
    holidays: Annotated[list[str], NoDecode, _list_such_as('["2026-12-24", "DE"]'), _as(read_holidays)] = []

    # Logs. Customers' words are logged only at debug.
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "console"] = "auto"

    @property
    def models_dir(self) -> Path:
        """Where ready models are kept."""
        return self.cache_dir / "models"

    @property
    def knowledge_dir(self) -> Path:
        """The folder of snapshots that answers come from."""
        return self.knowledge or self.data_dir / "knowledge"
