"""The job gets its arguments and its environment byte for byte."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.command import UNMEASURED, Cronwrap
from tests.support.observe import Observed, observe

ADDED = {
    b"CRONWRAP_RUN_ID", b"CRONWRAP_RUN_CHECK", b"CRONWRAP_RUN_ATTEMPT", b"CRONWRAP_REPORT",
}  # fmt: skip
AWKWARD = [
    b"", b" lead", b"trail ", b"c;id", b"%", b"a\nb", b"\n", b"\xff\xfe", b"\xc3\xa9", b"\xed\xa0\x80",
    b"$HOME `id` $(id)", b"'\"\\", b"*", b"--", b"-t", b"--timeout=1", b"\x01\x7f\x1b[0m",
    b"=", b"x" * 100_000,
]  # fmt: skip
WORDS = st.lists(st.binary(max_size=20).map(lambda word: word.replace(b"\0", b"")), max_size=5)


def given_environment(cronwrap: Cronwrap, seen: Observed) -> dict[bytes, bytes]:
    """Return what the job got, without what every test's environment and the run add."""
    own = {*cronwrap.environment(UNMEASURED), *ADDED}
    return {name: value for name, value in seen.variables.items() if name not in own}


def test_every_awkward_argument_reaches_the_job_byte_for_byte(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    assert cronwrap("--", *observe(tmp_path / "seen", *AWKWARD)).returncode == 0

    assert Observed.read(tmp_path / "seen").arguments == AWKWARD


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS)
@example(words=[b"--", b"--", b""])
def test_any_words_reach_the_job_byte_for_byte(cronwrap: Cronwrap, words: list[bytes]) -> None:
    done = cronwrap("--", "printf", "%s\\0", "first", *words)

    assert done.stdout_bytes.split(b"\0")[:-1] == [b"first", *words]


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8", "xx_YY.ISO-8859-1", "", None])
def test_no_locale_changes_an_argument(
    cronwrap: Cronwrap, tmp_path: Path, locale: str | None
) -> None:
    words = [b"\xff\xe9", "é".encode(), b"\xed\xa0\x80"]

    cronwrap("--", *observe(tmp_path / "seen", *words), env={"LC_ALL": locale})

    assert Observed.read(tmp_path / "seen").arguments == words


def test_options_behind_the_command_are_the_commands(cronwrap: Cronwrap) -> None:
    done = cronwrap("echo", "--timeout", "x", "--", "--help")

    assert done.stdout == "--timeout x -- --help\n"


def test_the_commands_own_name_is_what_was_written(cronwrap: Cronwrap, tmp_path: Path) -> None:
    words = observe(tmp_path / "seen")
    for shell in ("sh", "/bin/sh", "/bin/../bin/sh"):
        cronwrap("--", shell, *words[1:])
        assert (tmp_path / "seen/cmdline").read_bytes().split(b"\0")[0] == shell.encode()


def test_the_environment_is_kept_byte_for_byte_but_for_those_that_are_documented(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    variables = {
        b"INVALID": b"\xff\xfe",
        b"LINES": b"one\ntwo\n",
        b"EMPTY": b"",
        b"EQUALS": b"a=b=c",
        b"b\xffd name": b" x ",
        b"LONG": b"x" * 100_000,
    }

    words = observe(tmp_path / "seen")
    via: list[str | bytes] = ["env", *[name + b"=" + value for name, value in variables.items()]]
    cronwrap("--check", "billing", "--", *words, via=via, env=UNMEASURED)

    seen = Observed.read(tmp_path / "seen")
    assert given_environment(cronwrap, seen) == variables
    assert len(seen.variables) == len(seen.environ)
    assert seen.variables[b"CRONWRAP_RUN_CHECK"] == b"billing"
    assert len(seen.variables[b"CRONWRAP_RUN_ID"]) == 36


def test_each_run_has_an_id_of_its_own(cronwrap: Cronwrap) -> None:
    job = ["--", "sh", "-c", "echo $CRONWRAP_RUN_ID"]

    assert cronwrap(*job).stdout != cronwrap(*job).stdout


def test_a_check_that_is_not_utf_8_is_told_to_the_job_as_it_is(cronwrap: Cronwrap) -> None:
    done = cronwrap("--check", b"\xff", "--", "sh", "-c", "echo $CRONWRAP_RUN_CHECK")

    assert done.stdout_bytes == b"\xff\n"


@pytest.mark.parametrize(
    "given_locale",
    [
        {},
        {b"LANG": b"C"},
        {b"LANG": b"POSIX"},
        {b"LANG": b"no_SUCH.locale"},
        {b"LANG": b"C", b"LC_CTYPE": b"C"},
        {b"LC_CTYPE": b"POSIX"},
        {b"LC_CTYPE": b""},
        {b"LC_ALL": b"C"},
    ],
    ids=repr,
)
def test_the_locale_that_python_sets_for_itself_is_not_seen(
    cronwrap: Cronwrap, tmp_path: Path, given_locale: dict[bytes, bytes]
) -> None:
    # Python puts LC_CTYPE=C.UTF-8 into its own environment where it finds the C locale (PEP 538).
    environment = {name.decode(): value for name, value in given_locale.items()}

    cronwrap("--", *observe(tmp_path / "seen"), env={**UNMEASURED, **environment})

    assert given_environment(cronwrap, Observed.read(tmp_path / "seen")) == given_locale


def test_an_empty_environment_is_enough(cronwrap: Cronwrap, tmp_path: Path) -> None:
    state = tmp_path / "state"

    done = cronwrap(
        "--state-dir", state, "--config", cronwrap.config_file,
        "--", "/usr/bin/env", via=("env", "-i"),
    )  # fmt: skip

    names = {line.split("=")[0].encode() for line in done.stdout.splitlines()}
    assert (done.returncode, done.stderr, names) == (0, "", ADDED)


def test_an_env_file_adds_and_replaces(cronwrap: Cronwrap, tmp_path: Path) -> None:
    file = tmp_path / "job.env"
    file.write_bytes(b"NEW='a b'\nOLD=new\nBYTES=\xff\n")

    cronwrap(
        "--env-file", file, "--", *observe(tmp_path / "seen"), env={"OLD": "old", **UNMEASURED}
    )

    found = given_environment(cronwrap, Observed.read(tmp_path / "seen"))
    assert found == {b"NEW": b"a b", b"OLD": b"new", b"BYTES": b"\xff"}


def test_the_path_of_an_env_file_finds_the_command(cronwrap: Cronwrap, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/tool").symlink_to("/bin/echo")
    file = tmp_path / "job.env"
    file.write_text(f"PATH={tmp_path}/bin\n")

    assert cronwrap("--env-file", file, "--", "tool", "found").stdout == "found\n"
