"""An option comes from the command line, the environment or a file; and the highest one holds."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cronwrap.run import options
from tests.support.command import SCRIPT, Cronwrap, Done

Give = Callable[..., Done]


def from_line(cronwrap: Cronwrap, option: options.Option, value: str, job: Sequence[str]) -> Done:
    words = [f"--{option.name}"] if option.kind == "flag" else [f"--{option.name}", value]
    return cronwrap("--check", "billing", *words, "--", *job)


def from_environment(
    cronwrap: Cronwrap, option: options.Option, value: str, job: Sequence[str]
) -> Done:
    return cronwrap("--check", "billing", "--", *job, env={option.variable: value})


def from_defaults(
    cronwrap: Cronwrap, option: options.Option, value: str, job: Sequence[str]
) -> Done:
    config = f"[defaults]\n{option.key} = '''{value}'''\n"
    return cronwrap("--check", "billing", "--", *job, config=config)


def from_check(cronwrap: Cronwrap, option: options.Option, value: str, job: Sequence[str]) -> Done:
    config = f"[checks.billing]\n{option.key} = '''{value}'''\n[checks.other]\nnice = 'x'\n"
    return cronwrap("--check", "billing", "--", *job, config=config)


def prints(text: str) -> Callable[[Done], bool]:
    return lambda done: (done.returncode, done.stdout.strip()) == (0, text)


def ends(status: int) -> Callable[[Done], bool]:
    return lambda done: done.returncode == status


def says(text: str) -> Callable[[Done], bool]:
    return lambda done: done.returncode == 0 and text in done.stderr


SHOW_NICE = ["sh", "-c", "nice"]
# What an option does, as a job can see it.
EFFECTS = [
    ("timeout", "200ms", ["sleep", "60"], ends(124)),
    ("chdir", "/usr", ["pwd"], prints("/usr")),
    ("nice", "3", SHOW_NICE, prints("3")),
    ("ionice", "idle", ["ionice"], prints("idle")),
    ("ionice", "best-effort:7", ["ionice"], prints("best-effort: prio 7")),
    ("umask", "u=rwx,g=rx,o=", ["sh", "-c", "umask"], prints("0027")),
    ("env-file", "job.env", ["sh", "-c", "echo $ADDED"], prints("a b")),
    ("output", "none", ["echo", "x"], prints("")),
    ("no-capture", "true", ["test", "-f", "/proc/self/fd/1"], ends(0)),
    ("verbose", "true", ["true"], says("check billing: run ")),
    ("endpoint", "nowhere", ["true"], says("there is no endpoint 'nowhere'")),
]  # fmt: skip


@pytest.mark.parametrize("give", [from_line, from_environment, from_defaults, from_check])
@pytest.mark.parametrize("case", EFFECTS, ids=lambda case: f"{case[0]}={case[1]}")
def test_an_option_works_from_wherever_it_is_given(
    cronwrap: Cronwrap, give: Give, case: tuple[str, str, list[str], Callable[[Done], bool]]
) -> None:
    name, value, job, effect = case
    (cronwrap.directory / "job.env").write_text("ADDED='a b'\n")

    done = give(cronwrap, options.BY_FLAG[f"--{name}"], value, job)

    assert effect(done), done


@pytest.mark.parametrize("give", [from_line, from_environment, from_defaults, from_check])
@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("kill-after", "3s", "kill_after = 3 s"),
        ("signal", "USR2", "signal = SIGUSR2"),
    ],
)
def test_an_option_is_known_from_wherever_it_is_given(
    cronwrap: Cronwrap, give: Give, name: str, value: str, shown: str
) -> None:
    cronwrap.environ["CRONWRAP_DRY_RUN"] = "1"

    done = give(cronwrap, options.BY_FLAG[f"--{name}"], value, ["true"])

    assert shown in done.stdout


def test_later_levels_win(cronwrap: Cronwrap) -> None:
    config = "[defaults]\nnice = 1\n[checks.billing]\nnice = 2\n"
    billing = ["--check", "billing"]

    assert cronwrap("--", *SHOW_NICE, config=config).stdout == "1\n"
    assert cronwrap(*billing, "--", *SHOW_NICE).stdout == "2\n"
    assert cronwrap(*billing, "--", *SHOW_NICE, env={"CRONWRAP_NICE": "3"}).stdout == "3\n"
    words = [*billing, "--nice", "9", "--nice", "4"]
    assert cronwrap(*words, "--", *SHOW_NICE, env={"CRONWRAP_NICE": "3"}).stdout == "4\n"


def test_an_empty_variable_is_as_good_as_none(cronwrap: Cronwrap) -> None:
    assert (
        cronwrap("--", *SHOW_NICE, env={"CRONWRAP_NICE": "", "CRONWRAP_CHECK": ""}).stdout == "0\n"
    )


def test_values_may_be_of_tomls_own_types(cronwrap: Cronwrap) -> None:
    config = "[defaults]\ntimeout = 0.2\nnice = 2\nverbose = true\nenv_file = ['-none']\n"

    done = cronwrap("--check", "x", "--", "sh", "-c", "nice; exec sleep 60", config=config)

    assert (done.returncode, done.stdout) == (124, "2\n")
    assert "check x: run " in done.stderr


def test_both_usual_files_are_read_and_a_named_one_replaces_both(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    (home / ".config/cronwrap").mkdir(parents=True)
    (home / ".config/cronwrap/config.toml").write_text("[defaults]\nnice = 7\n")
    named = tmp_path / "named.toml"
    named.write_text("[defaults]\nnice = 8\n")
    usual = {"HOME": home, "CRONWRAP_CONFIG": None}

    assert cronwrap("--", *SHOW_NICE, env=usual).stdout == "7\n"
    assert cronwrap("--", *SHOW_NICE, env={**usual, "CRONWRAP_CONFIG": named}).stdout == "8\n"
    assert cronwrap("--config", named, "--", *SHOW_NICE, env=usual).stdout == "8\n"


def test_the_check_is_named_by_option_environment_or_command(cronwrap: Cronwrap) -> None:
    job = ["sh", "-c", "echo $CRONWRAP_RUN_CHECK"]
    variable = {"CRONWRAP_CHECK": "from_variable"}

    assert cronwrap("--check", "x", "--", *job, env=variable).stdout == "x\n"
    assert cronwrap("--", *job, env=variable).stdout == "from_variable\n"
    assert cronwrap("--", "/bin/sh", *job[1:]).stdout == "sh\n"


def test_a_job_within_a_job_has_a_check_and_an_id_of_its_own(cronwrap: Cronwrap) -> None:
    show = "echo $CRONWRAP_RUN_CHECK; echo $CRONWRAP_RUN_ID"
    inner = f'{show}; "$0" --check inner -- sh -c "$1"'
    lines = cronwrap("--check", "outer", "--", "sh", "-c", inner, SCRIPT, show).stdout.splitlines()

    assert lines[::2] == ["outer", "inner"]
    assert lines[1] != lines[3]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "--fail-after-skips 3",
            (
                "--fail-after-skips has no effect without --overlap or --lock or --lock-per-args or "
                "--max-parallel\ncronwrap: hint: give both, or neither"
            ),
        ),
        (
            "--overlap allow --max-parallel 2",
            (
                "--max-parallel has no effect with --overlap allow\n"
                "cronwrap: hint: leave one of them out"
            ),
        ),
        ("--overlap skip --fail-after-skips 3", ""),
    ],
)
def test_an_option_that_does_nothing_as_it_stands_is_told_and_the_job_runs(
    cronwrap: Cronwrap, line: str, told: str
) -> None:
    done = cronwrap(*line.split(), "--", "echo", "ran")
    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert done.stderr == (f"cronwrap: {told}\n" if told else "")


def test_a_setting_for_all_checks_may_have_no_effect_on_one(cronwrap: Cronwrap) -> None:
    config = "[defaults]\nfail_after_skips = 3\ngrace = '5m'\n"
    assert cronwrap("--", "true", config=config).stderr == ""
