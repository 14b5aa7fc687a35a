"""The house keeps its own rules: small rooms, one direction of imports, and a README that tells the truth."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
SOURCES = [path for package in ("bot", "knowledge") for path in sorted((ROOT / package).rglob("*.py"))]
README = (ROOT / "README.md").read_text("utf-8")
LONGEST_FILE, LONGEST_FUNCTION = 300, 50
# Channels, commands and the app may know everything below them; these may not know what stands above.
MAY_IMPORT = {
    "bot/conversation": {"bot.conversation"},
    "bot/delivery": {"bot.delivery", "bot.conversation"},
    "bot/generators": {"bot.generators", "knowledge"},
    "bot/models": {"bot.models"},
    "bot/reading": {"bot.reading", "knowledge"},
    "bot/answering": {"bot.answering", "bot.generators", "bot.reading", "knowledge"},
    "bot/desk": {"bot.desk", "bot.answering", "bot.conversation", "bot.reading", "bot.channels.base", "knowledge"},
    "knowledge": {"knowledge"},
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_file_fits_its_room(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_functions_are_short(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_module_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert not tree.body or ast.get_docstring(tree)


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_it_may(room: str) -> None:
    for path in (p for p in SOURCES if name(p).startswith(f"{room}/")):
        ours = {module for module in imports(path) if module.split(".")[0] in {"bot", "knowledge"}}
        foreign = {m for m in ours if not any(f"{m}.".startswith(f"{allowed}.") for allowed in MAY_IMPORT[room])}
        assert not foreign, f"{name(path)} imports {foreign}"


def test_only_settings_reads_the_environment() -> None:
    readers = {name(path) for path in SOURCES if re.search(r"os\.environ|os\.getenv", path.read_text("utf-8"))}
    assert readers == set()  # pydantic-settings reads it for bot/settings.py


def test_every_setting_that_the_readme_names_exists() -> None:
    known = {f"KEFU_{field}".upper() for field in Settings.model_fields}
    assert set(re.findall(r"KEFU_[A-Z_]+", README)) <= known


def test_every_path_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"`((?:bot|knowledge|scripts|tests)/[\w./-]+)`", README))
    assert named
    assert {path for path in named if not (ROOT / path).exists()} == set()


def test_help_imports_nothing_heavy() -> None:
    program = "import bot.__main__, sys; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"torch", "transformers", "aiogram", "fastapi", "faiss", "numpy", "redis"} & set(loaded)
