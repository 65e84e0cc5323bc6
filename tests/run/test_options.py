"""The hot path's parser takes a command line as click does; and what each option may be."""

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cronwrap.cli import run
from cronwrap.run import options
from cronwrap.run.options import BY_FLAG, OPTIONS, Line

FLAGS = sorted(BY_FLAG)
WORDS = st.sampled_from([
    *FLAGS, *[f"{flag}=x" for flag in FLAGS if flag.startswith("--")],
    *[f"{flag}30m" for flag in FLAGS if not flag.startswith("--")],
    "-vt5", "-vv", "-vc", "-t=5", "--", "-", "---", "", "job", "--no-such", "-z", "a b", "\udcff", "=",
    "--check=", "--time", "-v=1", "--verbose=true", "-5",
])  # fmt: skip


def with_click(words: list[str]) -> Line | None:
    """Return what click makes of *words*, None for a mistake."""
    try:
        context = run.command.make_context("run", list(words))
    except click.UsageError:
        return None
    given = dict(context.params)
    return run.line_of(given.pop("command"), given)


@given(words=st.lists(WORDS, max_size=8))
@example(words=["-t", "5", "-t", "", "job"])
@example(words=["--check", "--", "--", "job"])
@example(words=["--tag", "a=b", "--tag=c=d", "-v", "--", "--verbose"])
@example(words=["job", "--no-such", "--"])
@example(words=["--", "--"])
def test_the_same_line_means_the_same_to_both_parsers(words: list[str]) -> None:
    if {"-h", "--help", "--version"} & set(words):
        return
    line = options.parse(words)

    clicked = with_click(words)

    assert (clicked is None) == bool(line.problem), (line.problem, words)
    if clicked is not None:
        assert (line.given, line.command) == (clicked.given, clicked.command)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_has_its_own_key_variable_and_help(option: options.Option) -> None:
    assert options.BY_KEY[option.key] is option
    assert option.variable == f"CRONWRAP_{option.name.upper().replace('-', '_')}"
    assert option.help.endswith(".")
    assert (option.metavar == "") == (option.kind == "flag")


@pytest.mark.parametrize("flag", ["-h", "--help", "--version"])
def test_help_is_wanted_only_before_the_command(flag: str) -> None:
    assert options.parse(["-v", flag, "--", "job"]).wants == flag
    assert not options.parse(["-v", "job", flag]).wants
    assert not options.parse(["--", flag]).wants


@pytest.mark.parametrize(
    ("words", "problem", "hint"),
    [
        (["--timout", "5", "job"], "there is no option --timout", "did you mean --timeout?"),
        (["--xyzzy", "job"], "there is no option --xyzzy", "put -- before the command"),
        (["-z", "job"], "there is no option -z", "put -- before the command"),
        (["--timeout"], "option --timeout needs a value", "write --timeout DURATION"),
        (["-t"], "option -t needs a value", "write -t DURATION"),
        (["--verbose=1", "job"], "option --verbose takes no value", "write --verbose alone"),
        ([], "there is no command to run", "cronwrap --check NAME -- COMMAND [ARG]..."),
        (["-v", "--"], "there is no command to run", "write it at the end"),
    ],
)
def test_a_mistake_is_told_with_what_to_write(words: list[str], problem: str, hint: str) -> None:
    line = options.parse(words)

    assert line.problem == problem
    assert hint in line.hint


def test_after_a_mistake_the_rest_is_still_known_to_be_reported() -> None:
    line = options.parse(["--timout", "--check", "billing", "-e", "ops", "--", "job"])

    assert (line.given, line.command) == ({"check": ["billing"], "endpoint": ["ops"]}, ["job"])


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("nice", {"-20": -20, "+19": 19, "0": 0}, ["-21", "20", "5.0", "", "x", "٣", "--5"]),
        ("ionice", {"idle": (3, 0), "best-effort": (2, 4), "2:7": (2, 7), "realtime:0": (1, 0)},
         ["idle:1", "best-effort:8", "best-effort:", "none", "", "2:10"]),
        ("tag", {"a=b": ("a", "b"), "a=": ("a", ""), "a=b=c": ("a", "b=c")}, ["a", "=b", ""]),
        ("verbose", {"true": True, "YES": True, "1": True, "off": False, "0": False},
         ["maybe", "2", "ja"]),
        ("output", {"all": "all", "on-failure": "on-failure", "none": "none"},
         ["ALL", "failure", ""]),
        ("timeout", {"90": 90.0, "1h30m": 5400.0}, ["", "-1", "5 parsecs", "1e3", "nan"]),
        ("tail_bytes", {"64k": 65536, "0": 0}, ["-1", "x", ""]),
        ("signal", {"INT": 2, "9": 9}, ["0", "65", "SIGNAL"]),
        ("umask", {"022": 0o22, "0777": 0o777}, ["22", "888", ""]),
        ("chdir", {"/srv": "/srv"}, ["", "a\0b"]),
    ],
)  # fmt: skip
def test_values(key: str, good: dict[str, object], bad: list[str]) -> None:
    option = options.BY_KEY[key]

    for text, value in good.items():
        assert options.convert(option, text) == value
    for text in bad:
        with pytest.raises(ValueError, match=r"\w"):
            options.convert(option, text)
