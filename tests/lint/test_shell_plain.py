"""A command is read without a parser of bash as that would read it, or as a shell does."""

import gzip
import json
import random
import subprocess
from collections.abc import Iterable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from cronwrap.lint.crontab import Crontab
from cronwrap.lint.handed import unescaped
from cronwrap.lint.rule import catalogue
from cronwrap.lint.shell import Node, Script, Text, Word, whole
from cronwrap.lint.shell_build import Builder
from cronwrap.lint.shell_plain import plain
from tests.lint.examples import crontabs_of
from tests.lint.test_faults import samples

DATA = Path(__file__).parent / "data"
NAMES = ["cmd", "/usr/bin/x", "./x", "nice", "sh", "sudo", "flock", "timeout", "test", "_a", "x2",
         "$X", '"$D"/x', "env", "7z", "if/x"]  # fmt: skip
WORDS = [
    *("a", "-x", "--opt=1", "2", "-1", "'q w'", '"d q"', "a'b'", "x=1", "~/x", "@", "a%b", "+", "a,b"),
    *("sh", "-c", "'a && b'", "'a; b'", "'a | b > c'", "-n", "nice", "--", "''", '""', "http://x/y", "do"),
    *("$X", "$X/f", '"$X f"', '"${X}"', "${X:-d}", '"a ${X%%.gz}"', "${#X}", "$?", '"$@"', "$$", "a$1"),
    *("$(d)", "f-$(date +%F).gz", '"$(a "$X" | b)"', '"`h` a"', "$( a; b )", "$((X + 1))", "$(sh -c 'd')"),
    *("*", "/d/*.gz", "'*'", "{}", "{a,b}", "\\;", "a#b", "!", "\\$X", '"a\\"b"', "if", "a=$X"),
    *("'$X'", "''a", "'\u00e4'", '"\u00e4 $X"', '"\\$X"', '"`a > f` b"'),
]  # fmt: skip
# Commands that tree-sitter has a grammar for.
OWN = [
    *("[ -x /f ]", '[ "$X" = a -o ! -f $Y ]', "[ $(d) -le 7 ]", '[ -n "$X" -a -d /d ]'),
    *("export A", 'export A=1 B="$X"', "unset A B", "readonly A=$(d)"),
]
# Of words; tree-sitter misreads some: an escaped blank, a brace or bracket on its own.
PIECES = [
    *("a", "-x", "/b.c", "1", "=", "@", "%", "+", ",", ":", "{}", "{", "}", "]", "!", "^", "a#"),
    *("\\ ", "\\;", "\\#", "\\\\", "\\'", '\\"', "\\$X", "''", "'q w'", "'\\'", "'#'", "'$X'", "'`'", '""'),
    *('"d q"', '"a\\"b"', '"a\\b"', '"\\\\"', '"\\$X"', '"\\`"', '"&&"', "'|'", '"\'"', '"*"', "if", "a=b"),
]  # fmt: skip
ASSIGNS = ["A=1 ", "A= ", "A=$(d) B=$A ", "P='q w' ", 'P="$P:/x" ', "N=~/x ", "F=* "]
REDIRECTS = [
    *(" >f", " > f", " >> f", " 2>&1", " >/dev/null", " 2>/dev/null", " < f", " >& f", " >|f"),
    *(" >$X", ' > "$D/f g"', " 2>>$(date +%F).log"),
]  # fmt: skip


def tree(node: Any) -> Any:
    """Return *node* with all that is in it, to compare."""
    if isinstance(node, tuple | list | range):
        return [tree(one) for one in node]
    if not isinstance(node, Node):
        return node
    kinds = [kind for kind in type(node).__mro__ if hasattr(kind, "__slots__")]
    hidden = {"_offsets", "_place", "_parts", "facts", "wrapper"}
    names = {name for kind in kinds for name in kind.__slots__} - hidden
    names |= {"offsets"} if isinstance(node, Word) else set()
    return type(node).__name__, {name: tree(getattr(node, name)) for name in sorted(names)}


class Lines:
    """Makes command lines by chance; none that tree-sitter misreads, as the tests below show."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - lines to try

    def any(self, *these: str) -> str:
        return self.chance.choice(these)

    def redirects(self) -> str:
        return "".join(self.chance.choices(REDIRECTS, k=self.chance.choice((0, 0, 1, 2))))

    def simple(self) -> str:
        if self.chance.random() < 0.1:
            return self.any(*OWN) + self.redirects()
        words = [self.any(*NAMES), *self.chance.choices(WORDS, k=self.chance.randrange(4))]
        assigns = self.any("", "", "", "", *ASSIGNS)
        return assigns + self.any(" ", " ", "  ", "\t").join(words) + self.redirects()

    def command(self, depth: int) -> str:
        if depth > 2 or self.chance.random() < 0.8:
            return self.simple()
        one, two, three = (self.line(depth + 1) for _ in range(3))
        compound = self.any(
            f"({one})", f"( {one}; )", f"{{ {one}; }}", f"{{ {one} & }}", f"if {one}; then {two}; fi",
            f"if {one} ;then {two}; else {three} ; fi", f"while {one}; do {two}; done",
            f"if {one}; then {two}; elif {three}; then a; fi", f"until {one}; do {two}; done",
        )  # fmt: skip
        return compound + self.redirects()

    def line(self, depth: int = 0) -> str:
        """Return commands in a row; bars and ``&&`` are not mixed."""
        text = ""
        for _ in range(self.chance.choice((1, 1, 2))):
            marks = self.chance.choice(((" && ", "&&", " || "), (" | ", "|")))
            commands = [self.command(depth) for _ in range(self.chance.choice((1, 1, 2, 3)))]
            joined = commands[0] + "".join(self.any(*marks) + one for one in commands[1:])
            text += (self.any("; ", ";", " & ") if text else "") + joined
        return text


def assert_both_read(raw: bytes, shell: str, nest: str = "") -> bool:
    """Compare what is read of the command *raw* of a crontab; return whether it is plain."""
    kept, offsets, _ = unescaped(raw, pairs=True)
    text = Text(kept, offsets)
    mine = plain(text, shell, nest)
    if mine is not None:
        assert tree(mine) == tree(Builder(text, shell, nest).script()), kept
    return mine is not None


def commands_of(crontabs: Iterable[Crontab]) -> list[tuple[bytes, str]]:
    """Return the commands in *crontabs*, each with its shell, and once."""
    return sorted({(job.raw, job.shell_name) for crontab in crontabs for job in crontab.jobs})


def commands_of_test_data() -> list[tuple[bytes, str]]:
    """Return the commands that tests of the linter, and its documentation, are about."""
    with gzip.open(DATA / "crontabs.jsonl.gz", "rt") as rows:
        asked = [json.loads(row)["data"].encode("latin-1") for row in rows]
    faults = ["".join(f"{text}\n" for _, text in sample.lines).encode() for sample in samples()]
    shown = [
        crontab
        for rule in catalogue()
        for word in ("Bad", "Good")
        for crontab in crontabs_of(rule, word)
    ]
    crontabs = [Crontab(data, "crontab", dialect="debian") for data in asked + faults]
    return commands_of([*crontabs, *shown])


def test_a_plain_line_has_the_tree_that_the_parser_of_bash_makes() -> None:
    lines = Lines(20261121)
    made = [
        (lines.line() + lines.any("", "", " ", ";", " &", " # c", ";# c")).replace("%", "\\%")
        for _ in range(800)
    ]
    taken = sum(
        assert_both_read(text.encode(), *chosen)
        for text, chosen in zip(made, cycle((("sh", ""), ("bash", "'"), ("dash", "x"))))
    )
    assert taken > 780


def test_few_commands_of_packages_need_the_parser_of_bash() -> None:
    rows = map(json.loads, (DATA / "debian.jsonl").read_text().splitlines())
    commands = commands_of(Crontab(row["text"].encode(), row["file"]) for row in rows)
    left = [raw for raw, shell in commands if not assert_both_read(raw, shell)]
    assert len(left) < len(commands) / 20, left


def test_the_commands_of_the_test_data_have_the_tree_that_the_parser_of_bash_makes() -> None:
    commands = [one for one in commands_of_test_data() if one[0] != b"x#c"]  # which has no comment
    assert sum(assert_both_read(raw, shell) for raw, shell in commands) > 250


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_words_are_what_the_shell_makes_of_them(shell: str, tmp_path: Path) -> None:
    chance = random.Random(20261121)  # noqa: S311 - words to try
    lines = [
        "p "
        + " ".join("".join(chance.choices(PIECES, k=chance.choice((1, 1, 2, 3)))) for _ in range(3))
        for _ in range(400)
    ]
    script = "\n".join(["p() { printf '%s\\037' \"$@\"; echo; }", *lines])
    done = subprocess.run(
        [shell], input=script, capture_output=True, text=True, cwd=tmp_path, check=True
    )
    for line, words in zip(lines, done.stdout.split("\n"), strict=False):
        read = plain(whole(line.encode()), shell, "")
        assert read is not None, line
        (command,) = read.commands()
        assert [word.value for word in command.args] == words.split("\037")[:-1], line


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


@pytest.mark.parametrize(
    ("text", "values", "redirects"),
    [
        ("tar cf - 2>/dev/null", ["cf", "-"], ["2>"]),
        ("tar cf a 2>/dev/null", ["cf", "a"], ["2>"]),
        ("a -1>f", ["-1"], ["1>"]),
        ("a b2>f<g", ["b2"], ["1>", "0<"]),
        ("a ]>f", ["]"], ["1>"]),
        ("[ >f ]", ["]"], ["1>"]),
        ("a } >f", ["}"], ["1>"]),
        ("a `b` `c` >f", ["`b`", "`c`"], ["1>"]),
    ],
)
def test_a_redirection_is_no_word(text: str, values: list[str], redirects: list[str]) -> None:
    script = plain(whole(text.encode()), "sh", "")

    assert script is not None
    command = script.commands()[0]
    assert command.values == values
    assert [f"{one.fd}{one.operator}" for one in command.redirects] == redirects


@pytest.mark.parametrize(("shell", "operators"), [("sh", ["&", ">"]), ("bash", ["&>"])])
def test_an_ampersand_before_a_redirection_sends_both_streams_under_bash_alone(
    shell: str, operators: list[str]
) -> None:
    script = plain(whole(b"a &> f && b"), shell, "")

    assert script is not None
    marks = [one.terminator.text for one in script.items if one.terminator is not None]
    assert [*marks, *(one.operator for one in script.redirects())] == operators


@pytest.mark.parametrize(
    "text",
    [
        *("", "# a", "(a # b)", "a |& b", "a |&> b", "a <<< b", "a <> b", "[[ a ]]", "a ;; b", "a && ", "a |", "; a", "& a"),
        *("a 'b", 'a "b', "a `b", "a # b\nc", "a $(b", '"$(a"', "a\\", "a\nb", "a \u00e4", "a\x01", "time a"),
        *("a 2>&-", "a >", "a > &", "a <(b)", "A=(b)", "a $'b'", "a $", "a ${!b}", "a ${b:0:1}", "a $((b c))", "a $10"),
        *("()", "((a))", "(a", "a)", "(a) b", "{ a }", "{ a;", "{a; }", "! ! a", "!", "[ a", "f() { a; }", "function f", "for i"),
        *("if a; then b", "if a; then b; fi c", "if a; b; fi", "then a", "for i in a; do b; done", "fi"),
        *("case a in b) c;; esac", "case a", "select a", "coproc a", "let a", "( ( ( ( ( (a) ) ) ) ) )", "a `b \\$c`", '"`a "b"`"', "a $((b)", "a?(b)", "a; done"),
    ],
)  # fmt: skip
def test_any_other_line_is_left_to_the_parser_of_bash(text: str) -> None:
    assert plain(whole(text.encode()), "sh", "") is None
    assert plain(whole(text.encode()), "bash", "") is None
