"""How the program logs: structured lines on standard error. Knows no customer: at info no one's words are logged."""

import logging
import sys
import traceback
from typing import Any, TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import ExcInfo

# Libraries whose every request or progress bar would be a line.
_QUIET = ("uvicorn.access", "httpx", "aiogram.event", "sentence_transformers", "transformers", "faiss", "urllib3")


def configure(level: str, style: str) -> None:
    """Log at `level`; `style` is "json", "console" or "auto" (console on a terminal)."""
    as_json = style == "json" or (style == "auto" and not sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        cache_logger_on_first_use=False,
    )
    final = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(as_json, level == "debug")]
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=final))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def wordless(exc_info: ExcInfo) -> list[str]:
    """What was raised and where, the last first. An error's text and variables may hold what a customer wrote."""
    told = []
    error: BaseException | None = exc_info[1]
    while error is not None:
        frames = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
        told.append(f"{type(error).__name__} at {', '.join(reversed(frames))}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return told


def _rendering(as_json: bool, in_full: bool) -> list[Any]:
    """The last steps to a line; errors are told `in_full` only where customers' words may be."""
    if as_json:
        transform = ExceptionDictTransformer(show_locals=False) if in_full else wordless
        return [
            structlog.processors.ExceptionRenderer(transform),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    write = structlog.dev.plain_traceback if in_full else _write_wordless
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=write)]


def _write_wordless(stream: TextIO, exc_info: ExcInfo) -> None:
    stream.write("\n" + "\n".join(wordless(exc_info)))
