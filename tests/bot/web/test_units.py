"""The widget's behaviour without a page: its own tests, run by Node."""

import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WEB = Path(__file__).parents[3] / "bot" / "web"
ESBUILD = WEB / "node_modules" / ".bin" / "esbuild"

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not ESBUILD.exists(),
    reason="NO UNIT OF THE WIDGET TESTED: install node and npm, then run scripts/build-web",
)


@pytest.mark.parametrize("source", sorted(HERE.glob("*.test.ts")), ids=lambda path: path.name)
def test_the_units_of_the_widget_hold(source: Path, tmp_path: Path) -> None:
    bundle = tmp_path / f"{source.stem}.mjs"
    built = [
        ESBUILD,
        source,
        "--bundle",
        "--platform=node",
        "--format=esm",
        f"--outfile={bundle}",
        "--log-level=error",
    ]
    subprocess.run(built, check=True, timeout=60)
    ran = subprocess.run(["node", "--test", bundle], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout
    assert "# pass 0" not in ran.stdout
