"""What the README says of Kefu beside others is shown by a test that exists: each "yes" names one."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEADING = "## Beside others"
NAMED = re.compile(r"`([\w./-]+\.py)::(\w+)`")
"""A test as the table names it: its file below tests/, and its function."""


def section(readme: str) -> str:
    """What stands under the heading, or nothing."""
    _, _, after = f"\n{readme}".partition(f"\n{HEADING}\n")
    return after.partition("\n## ")[0]


def rows(readme: str) -> list[list[str]]:
    """The cells of the table's rows, without its head."""
    lines = [line.strip() for line in section(readme).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines[2:]]


@cache
def functions_of(path: Path) -> frozenset[str]:
    """The functions of a file of tests, or none when there is no such file."""
    if not path.exists():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return frozenset(node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def missing(readme: str) -> set[str]:
    """The tests that the section names and that do not exist."""
    return {f"{path}::{name}" for path, name in NAMED.findall(section(readme)) if not _exists(path, name)}


def unshown(readme: str) -> list[str]:
    """The habits that are said to be Kefu's without naming a test."""
    return [row[0] for row in rows(readme) if row[1].startswith("yes") and not NAMED.search(row[1])]


def _exists(path: str, name: str) -> bool:
    return name.startswith("test_") and name in functions_of(ROOT / "tests" / path)


README = (ROOT / "README.md").read_text("utf-8")
OWN = "test_every_test_that_the_readme_names_exists"
HEAD = f"# X\n\n{HEADING}\n\n| habit | Kefu | Another |\n|---|---|---|\n"


def test_every_test_that_the_readme_names_exists() -> None:
    assert missing(README) == set()


def test_every_yes_of_the_readme_names_a_test() -> None:
    assert unshown(README) == []


@pytest.mark.parametrize(
    "name", ["test_readme_habits.py::test_that_is_none", "test_nowhere.py::test_it", "test_readme_habits.py::missing"]
)
def test_a_test_that_does_not_exist_is_found(name: str) -> None:
    assert missing(f"{HEAD}| a | yes `{name}` | ? |\n") == {name}
    assert missing(f"{HEAD}| a | yes `test_readme_habits.py::{OWN}` | ? |\n\n## Next\n\n`{name}`\n") == set()


def test_a_yes_without_a_test_is_found() -> None:
    assert unshown(f"{HEAD}| a | yes | no |\n| b | no | yes |\n| c | part | ? |\n") == ["a"]
    assert unshown("# No such heading\n") == []
