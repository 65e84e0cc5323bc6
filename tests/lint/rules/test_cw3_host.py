"""The rules that look at files: a small system, and what they say of it."""

import os
from pathlib import Path

import pytest

from cronwrap.lint import linter
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.finding import Finding
from cronwrap.lint.host import Host
from cronwrap.lint.rule import find_rule

ACCOUNTS = "root:x:0:0::/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n"


def put(root: Path, path: str, text: str = "#!/bin/sh\n", mode: int = 0o755) -> None:
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(mode)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A system with a few programs, an application and its user."""
    put(tmp_path, "/etc/passwd", ACCOUNTS, 0o644)
    for name in ("env", "tar", "sort", "nice", "sudo"):
        put(tmp_path, f"/usr/bin/{name}")
    put(tmp_path, "/bin/sh")
    put(tmp_path, "/usr/local/bin/node", "\x7fELF\0")
    put(tmp_path, "/srv/app/run.sh")
    put(tmp_path, "/srv/app/plain.sh", mode=0o644)
    put(tmp_path, "/srv/app/unmarked", "echo 1\n")
    put(tmp_path, "/srv/app/unmarked.py", "print(1)\n")
    put(tmp_path, "/srv/app/app.js", "#!/usr/bin/env node\n")
    put(tmp_path, "/srv/app/old.py", "#!/usr/bin/python2\n")
    put(tmp_path, "/srv/app/dos.sh", "#!/bin/sh\r\n")
    put(tmp_path, "/srv/app/manage.py", "print(1)\n")
    put(tmp_path, "/srv/venv/bin/python3")
    put(tmp_path, "/home/app/bin/own")
    (tmp_path / "srv/closed").mkdir(mode=0o700)
    tmp_path.chmod(0o755)
    return tmp_path


def findings(root: Path, code: str, command: str, before: str = "") -> list[Finding]:
    text = f"{before}\n0 3 * * * {command}\n".encode()
    file = Crontab(text, "crontab", form="user", owner="app", host=Host(str(root)))
    return linter.lint([file], [find_rule(code)])


def messages(root: Path, code: str, command: str, before: str = "") -> list[str]:
    return [one.found.message for one in findings(root, code, command, before)]


def test_a_command_that_is_nowhere_is_found(root: Path) -> None:
    assert messages(root, "CW303", "nosuch -x") == [
        "nosuch is not in the job's PATH, /usr/bin:/bin"
    ]
    (message,) = messages(root, "CW303", "nice node /srv/x.js")
    assert message == "node is not in the job's PATH, /usr/bin:/bin; it is /usr/local/bin/node"


@pytest.mark.parametrize(
    "command",
    [
        "tar c /srv | sort",
        "cd /srv && umask 077; [ -e x ] && echo y",
        "if test -e x; then true; fi",
        "command -v nosuch >/dev/null && nosuch",
        "which nosuch && nosuch",
        "[ -x /usr/sbin/nosuch ] && nosuch",
        "PATH=/srv/bin:$PATH nosuch",
        "export PATH=/srv/bin; nosuch",
        ". /etc/profile; nosuch",
        "sudo nosuch",
        "f() { echo; }; f",
        "$TOOL x",
        "/srv/gone/x",
    ],
)
def test_a_command_that_is_there_or_asked_for_is_left_alone(root: Path, command: str) -> None:
    assert messages(root, "CW303", command) == []


def test_a_path_of_the_crontab_is_looked_in(root: Path) -> None:
    assert messages(root, "CW303", "node x", "PATH=/usr/local/bin:/usr/bin") == []


def test_an_empty_root_tells_nothing(tmp_path: Path) -> None:
    assert messages(tmp_path, "CW303", "nosuch") == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/srv/app/runn.sh", "/srv/app/runn.sh is not there"),
        ("/srv/gone/run.sh", "/srv/gone is not there"),
        ("sh /srv/gone.sh", "/srv/gone.sh is not there"),
        ("cd /srv/app && ./gone.sh", "/srv/app/gone.sh is not there"),
        ("~/bin/gone", "/home/app/bin/gone is not there"),
        ("$HOME/bin/gone", "/home/app/bin/gone is not there"),
        ("bin/gone", "/home/app/bin/gone is not there"),
        (". /srv/gone.env && tar c", "/srv/gone.env is not there"),
    ],
)
def test_a_file_that_is_not_there_is_found(root: Path, command: str, said: str) -> None:
    (message,) = messages(root, "CW306", command)

    assert message.startswith(f"{said}; the job fails")


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("/srv/app/runn.sh", "did you mean run.sh?"),
        ("/usr/bin/zzzqq", "put it there, or take the job out"),
    ],
)
def test_the_hint_names_the_file_that_was_meant_and_not_all_that_there_are(
    root: Path, command: str, hint: str
) -> None:
    (found,) = findings(root, "CW306", command)

    assert found.found.hint == hint


@pytest.mark.parametrize(
    "command",
    [
        "/srv/app/run.sh",
        "cd /srv/app && ./run.sh",
        "bin/own",
        "[ -x /srv/gone ] && /srv/gone",
        "test -x /srv/gone || { cd / && /srv/gone; }",
        "[ -d /srv/gone ] && /srv/gone/x",
        "[ -f /srv/gone ] && . /srv/gone",
        "if [ -x /srv/gone ]; then /srv/gone; fi",
        "command -v /srv/gone >/dev/null && /srv/gone",
        "[ -f /usr/sbin/gone ] && /usr/share/gone/x",
        "cd $X && ./gone.sh",
        "(cd /srv/app; true); sh x.sh",
        "mount /mnt && /mnt/x",
        "sudo -u other ./gone",
        "chroot /srv/jail /gone",
        "/srv/app/*.sh",
    ],
)
def test_a_file_that_is_there_or_asked_for_is_left_alone(root: Path, command: str) -> None:
    assert messages(root, "CW306", command) == []


def test_a_virtual_environment_that_is_not_there_is_told_as_one(root: Path) -> None:
    (message,) = messages(root, "CW305", "/srv/gone/venv/bin/python /srv/x.py")
    assert message.startswith("the virtual environment /srv/gone/venv is not there")
    (message,) = messages(root, "CW305", "/srv/venv/bin/python /srv/x.py")
    assert message.startswith("the virtual environment /srv/venv has no bin/python")
    assert messages(root, "CW305", "/srv/venv/bin/python3 /srv/x.py") == []
    assert messages(root, "CW306", "/srv/venv/bin/python x") == [
        "/home/app/x is not there; the job fails"
    ]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/srv/app/plain.sh", "is not executable"),
        ("cd /srv/app && ./plain.sh", "is not executable"),
        ("/srv/app", "is a directory"),
        ("/srv/app/unmarked", "does not begin with #!"),
    ],
)
def test_a_script_that_cannot_be_run_is_found(root: Path, command: str, said: str) -> None:
    (message,) = messages(root, "CW307", command)

    assert said in message


@pytest.mark.parametrize(
    "command",
    [
        "/srv/app/run.sh",
        "sh /srv/app/plain.sh",
        ". /srv/app/plain.sh",
        "/usr/local/bin/node",
        "[ -x /srv/app/plain.sh ] && /srv/app/plain.sh",
    ],
)
def test_a_script_that_can_be_run_is_left_alone(root: Path, command: str) -> None:
    assert messages(root, "CW307", command) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/srv/app/app.js", "node is not in the job's PATH, /usr/bin:/bin"),
        ("/srv/app/old.py", "/usr/bin/python2 is not there"),
        ("/srv/app/dos.sh", "carriage return"),
    ],
)
def test_an_interpreter_that_is_not_reached_is_found(root: Path, command: str, said: str) -> None:
    (message,) = messages(root, "CW308", command)

    assert said in message


def test_an_interpreter_that_is_reached_is_left_alone(root: Path) -> None:
    assert messages(root, "CW308", "/srv/app/app.js", "PATH=/usr/local/bin:/usr/bin:/bin") == []
    assert messages(root, "CW308", "PATH=/usr/local/bin:/usr/bin /srv/app/app.js") == []
    assert messages(root, "CW308", "/srv/app/run.sh") == []
    assert messages(root, "CW308", "sh /srv/app/dos.sh") == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("cd /srv/gone && tar c", "/srv/gone is not there; cd fails"),
        ("cd /srv/app/run.sh && tar c", "/srv/app/run.sh is no directory; cd fails"),
        ("cd gone && tar c", "/home/app/gone is not there; cd fails"),
    ],
)
def test_a_cd_that_fails_is_found(root: Path, command: str, said: str) -> None:
    assert messages(root, "CW309", command) == [said]


@pytest.mark.parametrize(
    "command",
    [
        "cd / && tar c",
        "cd && tar c",
        "cd - && tar c",
        "cd $X && tar c",
        "cd bin && tar c",
        "mkdir -p /srv/gone && cd /srv/gone",
        "[ -d /srv/gone ] && cd /srv/gone",
    ],
)
def test_a_cd_that_works_is_left_alone(root: Path, command: str) -> None:
    assert messages(root, "CW309", command) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a directory that another user owns")
def test_a_directory_of_another_user_is_found(root: Path) -> None:
    assert messages(root, "CW309", "cd /srv/closed && tar c") == [
        "app may not enter /srv/closed; cd fails"
    ]


def test_a_manage_py_without_settings_is_found(root: Path) -> None:
    (message,) = messages(root, "CW314", "cd /srv/app && python3 manage.py x")
    assert "sets no DJANGO_SETTINGS_MODULE" in message
    assert messages(root, "CW314", "python3 /srv/app/manage.py x --settings=a.b") == []
    put(root, "/srv/app/manage.py", 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "a.b")')
    assert messages(root, "CW314", "python3 /srv/app/manage.py x") == []


def test_a_shell_that_is_not_there_is_found(root: Path) -> None:
    assert messages(root, "CW315", "x", "SHELL=/bin/zsh") == [
        "/bin/zsh is not there; no job below runs"
    ]
    assert messages(root, "CW315", "x", "SHELL=/bin/sh") == []


def test_a_script_below_a_directory_that_is_missing_is_not_told_as_well(root: Path) -> None:
    data = b"0 3 * * * root cd /srv/gone && ./run.sh\n"
    crontab = Crontab(data, "/etc/cron.d/x", dialect="debian", host=Host(str(root)))

    assert [one.rule.code for one in linter.lint([crontab])] == ["CW309"]
