"""The rules of the house that a machine can check."""

import ast
import io
import tokenize
from pathlib import Path

import pytest

import leadmc

PACKAGE = Path(leadmc.__file__).parent
SOURCES = sorted(PACKAGE.rglob("*.py"))
NAMES = [str(path.relative_to(PACKAGE)) for path in SOURCES]
FORBIDDEN = ("fastmath=True", "parallel=True", "np.random.seed", "except Exception")
EMPTY_NAMES = {"utils", "helpers", "common", "misc", "core"}
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
MOST_ARGUMENTS = 8
DEEPEST = 3
BLOCKS = (ast.For, ast.While, ast.If, ast.With, ast.Try)
COMMANDS = "commands"  # a command's options are its arguments


def functions(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def code_lines(path):
    """Lines that hold code: no blank, no comment."""
    source = io.BytesIO(path.read_bytes())
    empty = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING}
    tokens = (token for token in tokenize.tokenize(source.readline) if token.type not in empty)
    return {line for token in tokens for line in range(token.start[0], token.end[0] + 1)}


def length(function, lines):
    first = function.body[0]
    has_docstring = ast.get_docstring(function) is not None
    docstring = range(first.lineno, first.end_lineno + 1) if has_docstring else ()
    return len(lines.intersection(range(function.lineno, function.end_lineno + 1)).difference(docstring))


def depth(node, here=0):
    """Blocks within blocks; an ``elif`` is no deeper than its ``if``, a function within starts anew."""
    deepest = here
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.Lambda):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        deeper = isinstance(child, BLOCKS) and not is_elif
        deepest = max(deepest, depth(child, here + deeper))
    return deepest


def arguments(function):
    spec = function.args
    names = [argument.arg for argument in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]
    return [name for name in names if name not in {"self", "cls"}]


def is_kernel(function):
    return any(isinstance(mark, ast.Name) and mark.id in {"kernel", "formula"} for mark in function.decorator_list)


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_what_ends_a_review_at_once_is_absent(path):
    text = path.read_text(encoding="utf-8")
    assert [phrase for phrase in FORBIDDEN if phrase in text] == []


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_files_are_short_and_say_what_they_are_for(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    assert ast.get_docstring(ast.parse(text))
    assert path.stem not in EMPTY_NAMES


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_functions_are_short_and_shallow(path):
    lines = code_lines(path)
    found = functions(path)
    assert {f.name: length(f, lines) for f in found if length(f, lines) > LONGEST_FUNCTION} == {}
    assert {f.name: depth(f) for f in found if depth(f) > DEEPEST} == {}


KERNELS = {function.name for path in SOURCES for function in functions(path) if is_kernel(function)}


@pytest.mark.parametrize("path", SOURCES, ids=NAMES)
def test_functions_take_few_arguments(path):
    """Kernels take their arrays one by one, and so do their twins, which go by the same name."""
    checked = [] if path.parent.name == COMMANDS else [f for f in functions(path) if f.name not in KERNELS]
    assert {f.name: len(arguments(f)) for f in checked if len(arguments(f)) > MOST_ARGUMENTS} == {}


def test_only_commands_print_or_exit():
    def speaks(path):
        calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        names = {call.id for call in calls if isinstance(call, ast.Name)}
        attributes = {ast.unparse(call) for call in calls if isinstance(call, ast.Attribute)}
        return "print" in names or "sys.exit" in attributes

    assert [
        name for name, path in zip(NAMES, SOURCES, strict=True) if speaks(path) and path.parent.name != COMMANDS
    ] == []


def test_the_public_names_are_these():
    public = {name for name in vars(leadmc) if not name.startswith("_")}
    modules = {path.stem for path in PACKAGE.iterdir()}
    assert public - modules == {"compare", "open_run", "run", "sensitivity"}
    assert leadmc.__version__
