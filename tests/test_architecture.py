"""The map of the code names every file once and nothing that is not there; imports point down the page."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAP = (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")
ENTRY = re.compile(r"^\| `(?P<path>[^`]+)` \|", re.MULTILINE)


def test_every_module_is_on_the_map_once_and_no_other():
    tree = {str(path.relative_to(ROOT)) for path in (ROOT / "leadmc").rglob("*.py")}
    named = Counter(match["path"] for match in ENTRY.finditer(MAP) if match["path"].endswith(".py"))
    assert sorted(tree - set(named)) == [], "not on the map"
    assert sorted(set(named) - tree) == [], "on the map only"
    assert [path for path, times in named.items() if times > 1] == [], "on the map twice"


def test_everything_else_on_the_map_is_there():
    named = [match["path"] for match in ENTRY.finditer(MAP)]
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_decision_is_on_the_map():
    decisions = [path.name for path in (ROOT / "docs" / "decisions").glob("*.md")]
    assert [name for name in decisions if name not in MAP] == []


def test_imports_point_down_the_page():
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    found = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
