"""The command is found and executed as a shell would; and if not, a person is told what to do."""

import errno
import os
import subprocess
from pathlib import Path

import pytest

from tests.support.command import Cronwrap


def script(path: Path, text: str, mode: int = 0o755) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())
    path.chmod(mode)
    return path


def test_a_script_without_an_interpreter_line_is_run_by_sh(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    path = script(tmp_path / "bin/tool", 'printf "<%s>" "$@"; exit 4\n')

    for command in (str(path), "tool"):
        done = cronwrap("--", command, "a b", "", env={"PATH": f"{path.parent}:/bin"})
        assert (done.returncode, done.stdout) == (4, "<a b><>")


def test_an_empty_script_succeeds_as_in_a_shell(cronwrap: Cronwrap, tmp_path: Path) -> None:
    assert cronwrap("--", script(tmp_path / "empty", "")).returncode == 0


def test_an_interpreter_line_may_have_an_argument(cronwrap: Cronwrap, tmp_path: Path) -> None:
    path = script(tmp_path / "tool", "#!/bin/sh -e\nfalse\necho not reached\n")

    done = cronwrap("--", path)

    assert (done.returncode, done.stdout) == (1, "")


def test_path_is_searched_as_shells_do(cronwrap: Cronwrap, tmp_path: Path) -> None:
    script(tmp_path / "1/tool", "#!/bin/sh\necho not executable\n", 0o644)
    (tmp_path / "2/tool").mkdir(parents=True)
    script(tmp_path / "3/tool", "#!/bin/sh\necho right\n")
    script(tmp_path / "4/tool", "#!/bin/sh\necho too late\n")
    search = ":".join(str(tmp_path / name) for name in ("none", "1", "2", "3", "4"))

    assert cronwrap("--", "tool", env={"PATH": f"{search}:/bin"}).stdout == "right\n"


def test_an_empty_entry_of_path_is_the_working_directory(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    script(tmp_path / "tool", "#!/bin/sh\necho here\n")
    (tmp_path / "elsewhere").mkdir()

    for search in ("", ":/bin", "/bin:"):
        assert cronwrap("--", "tool", env={"PATH": search}, cwd=tmp_path).stdout == "here\n"
    done = cronwrap("--chdir", tmp_path, "--", "./tool", cwd=tmp_path / "elsewhere")
    assert done.stdout == "here\n"


def test_without_path_the_usual_directories_are_searched(cronwrap: Cronwrap) -> None:
    assert cronwrap("--", "echo", "found", env={"PATH": None}).stdout == "found\n"


def test_a_command_that_is_nowhere_is_127(cronwrap: Cronwrap) -> None:
    done = cronwrap("--", "no-such-command", env={"PATH": "/usr/bin:/bin"})

    assert (done.returncode, done.stdout) == (127, "")
    assert done.stderr == (
        "cronwrap: cannot run 'no-such-command': there is no such command in PATH (/usr/bin:/bin)\n"
        "cronwrap: hint: cron starts jobs with a short PATH: write the command's full path\n"
    )


def test_the_path_that_is_told_is_the_one_that_was_searched(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    file = tmp_path / "job.env"
    file.write_text("PATH=/opt/tools\n")

    assert "(/opt/tools)" in cronwrap("--env-file", file, "--", "no-such-command").stderr


def test_a_directory_in_path_is_no_command(cronwrap: Cronwrap, tmp_path: Path) -> None:
    (tmp_path / "tool").mkdir()

    assert cronwrap("--", "tool", env={"PATH": tmp_path}).returncode == 127


def test_an_empty_command_is_127(cronwrap: Cronwrap) -> None:
    done = cronwrap("--", "")

    assert done.returncode == 127
    assert "the command is empty" in done.stderr
    assert "is a variable in it not set?" in done.stderr


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        ("#!/bin/sh\n", 0o644, "it is not executable\ncronwrap: hint: chmod +x {path}"),
        ("#!/no/such/python3 -u\n", 0o755, "its interpreter /no/such/python3 is missing"),
        (
            "#!/bin/sh\r\n",
            0o755,
            "its interpreter /bin/sh is missing\ncronwrap: hint: the file has",
        ),
        ("#!/etc/passwd\n", 0o755, "its interpreter /etc/passwd cannot be executed"),
    ],
    ids=["mode", "interpreter", "windows", "interpreter's mode"],
)
def test_a_file_that_cannot_be_executed_is_126_and_says_why(
    cronwrap: Cronwrap, tmp_path: Path, text: str, mode: int, why: str
) -> None:
    path = script(tmp_path / "tool", text, mode)

    for command in (path, "tool"):
        done = cronwrap("--", command, env={"PATH": f"{tmp_path}:/bin"})
        assert (done.returncode, done.stdout) == (126, "")
        assert done.stderr.startswith(f"cronwrap: cannot run '{path}': {why.format(path=path)}")


def test_the_repair_that_is_told_is_right(cronwrap: Cronwrap, tmp_path: Path) -> None:
    path = script(tmp_path / "tool", "#!/bin/sh\r\necho repaired\r\n", 0o644)

    for _ in range(2):
        hint = cronwrap("--", path).stderr.splitlines()[1].removeprefix("cronwrap: hint: ")
        subprocess.run(
            ["sh", "-c", hint.removeprefix("the file has Windows line ends: ")], check=True
        )

    assert cronwrap("--", path).stdout == "repaired\n"


def test_a_directory_is_126(cronwrap: Cronwrap, tmp_path: Path) -> None:
    done = cronwrap("--", tmp_path)

    assert done.returncode == 126
    assert done.stderr == f"cronwrap: cannot run '{tmp_path}': it is a directory\n"


@pytest.mark.parametrize("command", ["/no/such/tool", "./tool", "sub/tool"])
def test_a_path_that_leads_nowhere_is_127(cronwrap: Cronwrap, command: str) -> None:
    done = cronwrap("--", command)

    assert done.returncode == 127
    assert f"cannot run '{command}': there is no such file\n" in done.stderr
    assert ("give --chdir" in done.stderr) == (not command.startswith("/"))


def test_a_path_through_a_file_is_126(cronwrap: Cronwrap) -> None:
    done = cronwrap("--", "/etc/passwd/tool")

    assert (done.returncode, done.stderr.count("\n")) == (126, 1)
    assert os.strerror(errno.ENOTDIR) in done.stderr


def test_a_binary_for_another_system_is_told_as_such(cronwrap: Cronwrap, tmp_path: Path) -> None:
    path = tmp_path / "tool"
    path.write_bytes(b"\x7fELF" + bytes(100))
    path.chmod(0o755)

    done = cronwrap("--", path)

    assert done.returncode in {2, 126, 127}  # as sh has it, which is given it as a script
    assert "Traceback" not in done.stderr


def test_arguments_that_are_too_long_for_the_kernel_are_126(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    # The words fit, but not with what the env file adds.
    file = tmp_path / "job.env"
    file.write_text("\n".join(f"V{number}={'x' * 100_000}" for number in range(10)))
    words = ["x" * 100_000] * 14

    done = cronwrap(
        "--env-file",
        file,
        "--",
        "true",
        *words,
        via=["sh", "-c", 'ulimit -s 8192; exec "$@"', "sh"],
    )

    assert done.returncode == 126
    assert os.strerror(errno.E2BIG) in done.stderr
