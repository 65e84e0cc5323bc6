"""A command of plain words is read without a parser of bash, and as that would read it."""

import random
from typing import Any

import pytest

from cronwrap.lint.shell import Node, Script, whole
from cronwrap.lint.shell_build import Builder
from cronwrap.lint.shell_plain import plain

NAMES = ["cmd", "/usr/bin/x", "./x", "nice", "sh", "sudo", "flock", "timeout", "test", "_a", "x2"]
WORDS = [
    *("a", "-x", "--opt=1", "2", "-1", "'q w'", '"d q"', "a'b'", "x=1", "~/x", "@", "a%b", "+", "a,b"),
    *("sh", "-c", "'a && b'", "'a; b'", "'a | b > c'", "-n", "nice", "--", "''", '""', "http://x/y", "do"),
]  # fmt: skip
REDIRECTS = [
    " >f",
    " > f",
    " >> f",
    " 2>&1",
    " >/dev/null",
    " 2>/dev/null",
    " < f",
    " >& f",
    " >|f",
]
MARKS = [" && ", "&&", " || ", "; ", ";", " & ", " | ", "|"]


def tree(node: Any) -> Any:
    """Return *node* with all that is in it, to compare."""
    if isinstance(node, tuple | list | range):
        return [tree(one) for one in node]
    if not isinstance(node, Node):
        return node
    kinds = [kind for kind in type(node).__mro__ if hasattr(kind, "__slots__")]
    names = {name for kind in kinds for name in kind.__slots__} - {"facts", "wrapper"}
    return type(node).__name__, {name: tree(getattr(node, name)) for name in sorted(names)}


def command(chance: random.Random) -> str:
    words = [chance.choice(NAMES), *chance.choices(WORDS, k=chance.randrange(4))]
    return " ".join(words) + "".join(chance.choices(REDIRECTS, k=chance.choice((0, 0, 1, 2))))


def line(chance: random.Random) -> str:
    text = command(chance)
    for _ in range(chance.randrange(4)):
        text += chance.choice(MARKS) + command(chance)
    return text + chance.choice(("", "", " ", ";", " &"))


def is_misread(text: str) -> bool:
    """Tell whether tree-sitter reads a line as no shell does.

    To it, all of ``a && b > f | c`` up to the bar is the first command of the pipeline, and all
    of ``a | b && c`` behind the first bar is its last.
    """
    unquoted = text.replace("'a && b'", "").replace("'a | b > c'", "")
    bars = unquoted.replace("||", "&&").replace(">|", ">")
    return "|" in bars and "&&" in bars


def test_a_plain_line_has_the_tree_that_the_parser_of_bash_makes() -> None:
    chance = random.Random(20261121)  # noqa: S311 - lines to try
    taken = 0
    for _ in range(1500):
        text = line(chance)
        data, shell = text.encode(), chance.choice(("sh", "bash"))
        mine = plain(whole(data), shell, "")
        if mine is not None and not is_misread(text):
            taken += 1
            assert tree(mine) == tree(Builder(whole(data), shell, "").script()), text
    assert taken > 800


@pytest.mark.parametrize(
    ("text", "pipelines"),
    [
        ("a && b > f | c", [["a"], ["b", "c"]]),
        ("a | b | c && d", [["a", "b", "c"], ["d"]]),
        ("a || b 2>&1 | c && d", [["a"], ["b", "c"], ["d"]]),
    ],
)
def test_bars_bind_closer_than_and_and_or(text: str, pipelines: list[list[str]]) -> None:
    script = plain(whole(text.encode()), "sh", "")

    assert isinstance(script, Script)
    (item,) = script.items
    found = [[one.program for one in each.commands if hasattr(one, "program")]
             for each in item.pipelines]  # fmt: skip
    assert found == pipelines


@pytest.mark.parametrize("word", ["-", "a"])
def test_a_dash_before_a_redirection_is_a_word(word: str) -> None:
    script = plain(whole(f"tar cf {word} 2>/dev/null".encode()), "sh", "")

    assert script is not None
    (tar,) = script.commands()
    assert tar.values == ["cf", word]
    assert [one.fd for one in tar.redirects] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "", "a $b", "a `b`", "a $(b)", "(a)", "{ a; }", "! a", "a *", "a # b", "a \\; b", "a &> f",
        "a |& b", "a <<< b", "a > f b", "> f", "A=1 b", "if a; then b; fi", "[[ a ]]", "a ;; b",
        "a && ", "a |", "; a", "& a", 'a "$b"', "a 'b", "a\nb", "a \u00e4", "export A=1", "a ]", "a 2>&-",
    ],
)  # fmt: skip
def test_any_other_line_is_left_to_the_parser_of_bash(text: str) -> None:
    assert plain(whole(text.encode()), "sh", "") is None
