"""Configuration files: what is right in them is used, whatever else is wrong."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cronwrap import config
from cronwrap.config import Config

GOOD = {
    "defaults": 'timeout = "1h"\nenv_file = [\n  "a",\n  "b",\n]\n',
    "checks.billing": "nice = 5\n",
    "checks.'my job'": 'tag = {team = "x"}\n',
    "endpoints.ops": 'url = """\n[not a table]\n"""\n',
    "services.own": "requests = [\n[1, 2],\n[3],\n]\n",
}
BROKEN = [
    "timeout = 5m\n",
    "url = \n",
    'a = "x\n',
    "a = [1,\n",
    'a = """x\n',
    "= 1\n",
    "a\n",
    "a = 1\na = 2\n",
]


def load(path: Path, text: str | bytes) -> Config:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return config.load([(str(path), True)])


def tables(found: Config) -> dict[str, Any]:
    everything = [*found.defaults, *found.endpoints.values(), *found.services.values()]
    everything += [table for tables in found.checks.values() for table in tables]
    return {table.name: table.values for table in everything}


def document(parts: dict[str, str]) -> str:
    return "".join(f"[{header}]\n{body}" for header, body in parts.items())


WHOLE = {
    "defaults": {"timeout": "1h", "env_file": ["a", "b"]},
    "checks.billing": {"nice": 5},
    "checks.my job": {"tag": {"team": "x"}},
    "endpoints.ops": {"url": "[not a table]\n"},
    "services.own": {"requests": [[1, 2], [3]]},
}


def test_a_file_is_taken_apart_into_its_tables(tmp_path: Path) -> None:
    found = load(tmp_path / "c", document(GOOD))

    assert tables(found) == WHOLE
    assert found.problems == []
    assert found.endpoints["ops"].origin == f"{tmp_path}/c: [endpoints.ops]"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(sorted(GOOD)),
    place=st.integers(0, len(GOOD)),
    name=st.sampled_from(
        ["endpoints.broken", "checks.broken", "checks . broken ", 'checks."broken"']
    ),
    body=st.sampled_from(BROKEN),
)
@example(order=sorted(GOOD), place=2, name="endpoints.broken", body='a = """x\n')
def test_a_mistake_in_one_table_costs_that_table_alone(
    tmp_path: Path, order: list[str], place: int, name: str, body: str
) -> None:
    parts = [f"[{header}]\n{GOOD[header]}" for header in order]
    parts.insert(place, f"  [{name}]\n{body}")

    found = load(tmp_path / "c", "".join(parts))

    section = name[: name.index(".")].strip()
    if '"""' not in body:  # an open """ swallows what follows, up to the next one
        assert tables(found) == WHOLE
        assert [problem.table for problem in found.problems] == [f"{section}.broken"]
    line = "".join(parts[:place]).count("\n") + 1
    numbers = [int(problem.message.split(":")[1]) for problem in found.problems]
    assert any(line <= number for number in numbers)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary() | st.text(alphabet="[]\"'=a.#\n {},1\\").map(str.encode))
@example(data=b"a = " + b"[" * 100_000)
@example(data=b"[" * 10_000)
@example(data=b"[a]\n[a]\n")
@example(data=b"a = [\n" + b"[1],\n" * 300)
def test_whatever_stands_in_a_file_it_is_read_or_told(tmp_path: Path, data: bytes) -> None:
    load(tmp_path / "c", data)


@pytest.mark.parametrize(
    ("text", "line", "table"),
    [
        ("[defaults]\nnice = 1\n[defaults]\nnice = 2\n", 3, "defaults"),
        ("[checks.a]\nnice = 1\n\n[checks.'a']\nnice = 2\n", 4, "checks.a"),
        ("[defaults\nnice = 1\n", 1, "defaults"),
        ("[checks.my job]\nnice = 1\n", 1, "checks.my job"),
        ("\n[defaults]\n\nnice = 01\n", 4, "defaults"),
        ("[checks.a.tag]\nx = yes\n", 2, "checks.a"),
        ("nice = x\n[defaults]\n", 1, ""),
    ],
)
def test_a_problem_has_its_line_and_its_table(
    tmp_path: Path, text: str, line: int, table: str
) -> None:
    (problem,) = load(tmp_path / "c", text).problems

    assert problem.message.startswith(f"{tmp_path}/c:{line}: ")
    assert problem.table == table


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("[default]\n", "there is no table or key 'default'", "did you mean defaults?"),
        ("timeout = 5\n", "there is no table or key 'timeout'", "below a header: [defaults]"),
        ("defaults = 5\n", "defaults is not a table", "write [defaults]"),
        ("[checks]\nbilling = 5\n", "checks.billing is not a table", "write [checks.NAME]"),
        ("[[checks.billing]]\n", "checks.billing is not a table", "write [checks.NAME]"),
    ],
)
def test_what_stands_at_the_wrong_place_is_told(
    tmp_path: Path, text: str, words: str, hint: str
) -> None:
    (problem,) = load(tmp_path / "c", text).problems

    assert words in problem.message
    assert hint in problem.hint


def test_dates_are_text(tmp_path: Path) -> None:
    found = load(tmp_path / "c", "[endpoints.x]\na = [2026-01-02]\nb = 07:30:00\n")

    assert tables(found) == {"endpoints.x": {"a": ["2026-01-02"], "b": "07:30:00"}}


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    found = load(tmp_path / "c", b"\xef\xbb\xbf[defaults]\r\nnice = 5\r\n")

    assert (tables(found), found.problems) == ({"defaults": {"nice": 5}}, [])


def test_bytes_that_are_no_utf_8_cost_a_word_at_most(tmp_path: Path) -> None:
    found = load(tmp_path / "c", b"[defaults]\nnice = 5 # f\xfcr alle\n")

    assert tables(found) == {"defaults": {"nice": 5}}
    (problem,) = found.problems
    assert f"{tmp_path}/c:2: not UTF-8" in problem.message
    assert problem.table == ""


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "c"
    with path.open("wb") as file:
        file.truncate(config.MAX_BYTES + 1)

    for huge in (str(path), "/dev/zero"):
        (problem,) = config.load([(huge, True)]).problems
        assert problem.message == f"{huge}: the configuration is larger than 4 MiB, and not read"


def test_of_two_files_the_later_one_wins(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.write_text("[defaults]\nnice = 1\n[endpoints.x]\na = 1\nb = 1\n[checks.c]\nnice = 2\n")
    second.write_text("[defaults]\nnice = 3\n[endpoints.x]\na = 2\n[checks.c]\nnice = 4\n")

    found = config.load([(str(first), True), (str(second), True)])

    assert [table.values for table in found.defaults] == [{"nice": 1}, {"nice": 3}]
    assert [table.values for table in found.checks["c"]] == [{"nice": 2}, {"nice": 4}]
    assert found.endpoints["x"].values == {"a": 2}


def test_only_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")

    assert config.load([(missing, False)]).problems == []
    (problem,) = config.load([(missing, True)]).problems
    assert problem.message == f"{missing}: there is no such configuration file"


@pytest.mark.parametrize(
    "text", ["", "[defaults]\nnice = 5\n", document(GOOD), "[defaults]\n[x\n", "\ufeff"]
)
def test_read_apart_a_file_is_the_same(tmp_path: Path, text: str) -> None:
    path = tmp_path / "c"
    path.write_text(text)

    here, apart = config.load([(str(path), True)]), config.load_apart([(str(path), True)])()

    assert tables(here) == tables(apart)
    assert [p.message for p in here.problems] == [p.message for p in apart.problems]
