"""What README and docs show can be done: links lead somewhere, commands and configurations are accepted."""

import ast
import re
import shlex
import sys
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from leadmc.base.errors import InputError
from leadmc.base.variables import VARIABLES
from leadmc.cli import app
from leadmc.inputs.assumptions import Assumptions
from leadmc.inputs.config import load_config
from leadmc.inputs.settings import Settings
from leadmc.scenarios.world import World

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)#\s]+)")
IN_BLOCK = re.compile(r"^(?:\$ )?(?P<line>leadmc .*)$", re.MULTILINE)
INDENTED = re.compile(r"^    (?P<line>leadmc .*)$", re.MULTILINE)
IN_PROSE = re.compile(r"`(?P<line>leadmc [a-z][^`]*)`")
KEYED = re.compile(rf"`(?P<text>(?:{'|'.join(Settings.model_fields)}):\s[\[{{][^`]*)`")
SMALLEST = {"name": "doc", "seed": 7, "scenarios": 64, "population": {"synthetic": {"beneficiaries": 100}}}

COMMANDS = get_command(app).commands


def blocks(page, *languages):
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [block["text"] for block in found if block["language"] in languages]


def shown(pages):
    """Commands shown on a line of their own, each once."""
    for page in pages:
        yield from INDENTED.findall(page.read_text(encoding="utf-8"))
        for text in blocks(page, "", "text", "sh"):
            yield from IN_BLOCK.findall(text)


def parsed(line):
    """Parse a command line as the program would, without running it; [..] marks what may be left out."""
    line = re.sub(r"[\[\]]|\|\S+| \| ", " ", line.partition(" #")[0])
    words = shlex.split(line)[1:]
    if words[0].startswith("--"):
        return
    assert words[0] in COMMANDS
    COMMANDS[words[0]].make_context(words[0], words[1:])


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page):
    targets = [link["target"] for link in LINK.finditer(page.read_text(encoding="utf-8"))]
    inside = [target for target in targets if "://" not in target]
    assert [target for target in inside if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("line", sorted(set(shown(PAGES))), ids=str)
def test_commands_shown_are_accepted(line):
    parsed(line)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_commands_in_prose_exist(page):
    wrong = []
    for found in IN_PROSE.finditer(page.read_text(encoding="utf-8")):
        _, name, *words = re.sub(r"[\[\]|]", " ", found["line"]).split()
        command = COMMANDS.get(name)
        options = {option for one in command.params for option in one.opts} | {"--help"} if command else set()
        wrong += [found["line"] for word in words if word.startswith("--") and word not in options]
        wrong += [] if command else [found["line"]]
    assert wrong == []


def configurations(page):
    """Configurations that a page shows, whole or in part: blocks of YAML, and keys with their value in prose."""
    prose = KEYED.findall(page.read_text(encoding="utf-8"))
    for text in [*blocks(page, "yaml"), *(" ".join(each.split()) for each in prose)]:
        if set(yaml.safe_load(text)) <= set(Settings.model_fields):
            yield text


@pytest.mark.parametrize("page", [page for page in PAGES if [*configurations(page)]], ids=lambda page: page.stem)
def test_configurations_shown_are_valid(page, tmp_path):
    """A part of a configuration is completed; a roster that it names is the packaged example."""
    for text in configurations(page):
        stated = yaml.safe_load(text)
        source = stated.get("population", {})
        if "file" in source:
            kind = "observed" if source.get("base_years") == "observed" else "example"
            (tmp_path / source["file"]).write_bytes((ROOT / "configs" / f"{kind}-roster.csv").read_bytes())
        path = tmp_path / "config.yaml"
        path.write_text(yaml.safe_dump(SMALLEST | stated), encoding="utf-8")
        try:
            load_config(path)
        except InputError as error:
            pytest.fail(f"{text}\n{error}")


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.stem)
def test_python_shown_imports_what_exists(page):
    for text in blocks(page, "python"):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "leadmc":
                module = import_module(node.module)
                for alias in node.names:
                    assert hasattr(module, alias.name) or import_module(f"{node.module}.{alias.name}"), alias.name


# one name for one quantity


@pytest.fixture(scope="module")
def nomenclature():
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        return import_module("make_nomenclature")
    finally:
        sys.path.remove(str(ROOT / "docs"))


def rows(text, columns):
    """Cells of all tables with so many columns, without heads and rules."""
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return [row for row in split if len(row) == columns and not set(row[0]) <= {"-"}]


def test_the_tables_of_names_are_those_of_the_registry(nomenclature):
    page = nomenclature.PAGE.read_text(encoding="utf-8")
    assert nomenclature.filled(page) == page, "python docs/make_nomenclature.py writes them"
    assert all(f"`{name}`" in page for name in VARIABLES)


def test_every_name_of_the_glossary_exists(nomenclature):
    drivers = rows(nomenclature.PAGE.read_text(encoding="utf-8"), 5)[1:]
    assert len(drivers) > 10
    for _, assumption, code, world, cube in drivers:
        module, _, function = code.strip("`").rpartition(".")
        assert hasattr(import_module(f"leadmc.{module}"), function), code
        assert set(re.findall(r"`(\w+)`", assumption)) <= set(Assumptions.model_fields), assumption
        assert set(re.findall(r"`(\w+)`", world)) <= set(World._fields), world
        assert set(re.findall(r"`(\w+)`", cube)) <= set(VARIABLES), cube


def test_every_assumption_about_the_world_is_in_the_glossary(nomenclature):
    page = nomenclature.PAGE.read_text(encoding="utf-8")
    elsewhere = {"people", "dependence", "benchmark_basis"}
    assert [name for name in Assumptions.model_fields if name not in elsewhere and f"`{name}`" not in page] == []


def test_decisions_are_numbered_without_gaps():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
    for path in (ROOT / "docs" / "decisions").glob("*.md"):
        assert path.read_text(encoding="utf-8").startswith(f"# {int(path.name[:4])}. ")
