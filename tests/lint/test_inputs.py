"""What is named is read: files, directories, images, users' crontabs, whole hosts."""

import json
import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cronwrap.lint.inputs import Inputs, Wanted
from tests.support.command import SCRIPT

JOB = b"0 3 * * * /bin/x\n"


def read(*paths: object, stdin: bytes = b"", **wanted: object) -> Inputs:
    """Return the inputs; ``.read()`` gives the crontabs."""
    words = tuple(str(path) for path in paths)
    return Inputs(Wanted(paths=words, **wanted), lambda most: stdin[:most])  # type: ignore[arg-type]  # the caller's


def host(root: Path) -> Path:
    for name, data in {
        "etc/crontab": b"17 * * * * root run\n",
        "etc/cron.d/app": b"0 3 * * * www-data x\n",
        "etc/cron.d/.placeholder": b"# hidden\n",
        "etc/os-release": b'ID=alpine\nVERSION="3"\n',
        "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\nbob:x:1000:1000::/home/bob:/bin/sh\n",
        "var/spool/cron/crontabs/bob": JOB,
    }.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return root


def test_standard_input_is_a_dash() -> None:
    (file,) = read("-", stdin=JOB, dialect="debian").read()

    assert (file.path, file.data, file.form, file.live) == ("-", JOB, "user", False)


def test_a_directory_stands_for_its_files_but_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(JOB)
    (tmp_path / "a").write_bytes(JOB)
    (tmp_path / ".c").write_bytes(JOB)
    (tmp_path / "d").mkdir()

    assert [file.path for file in read(tmp_path).read()] == [f"{tmp_path}/a", f"{tmp_path}/b"]


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(JOB)

    assert len(read(tmp_path / "a", tmp_path / "a").read()) == 1


def test_all_crontabs_of_a_host_are_read_as_its_daemon_reads_them(tmp_path: Path) -> None:
    files = read(root=str(host(tmp_path)), form="").read()

    assert [(Path(file.path).name, file.owner, file.live) for file in files] == [
        ("crontab", "", True),
        ("app", "", True),
        ("bob", "bob", True),
    ]
    assert {file.dialect.name for file in files} == {"busybox"}


@pytest.mark.parametrize(
    ("name", "text", "dialect"),
    [
        ("usr/sbin/cron", b"", "debian"),
        ("usr/sbin/crond", b"", "cronie"),
        ("usr/bin/supercronic", b"", "supercronic"),
        ("usr/sbin/bcron-sched", b"", "bcron"),
        ("usr/lib/systemd/system-generators/systemd-crontab-generator", b"", "systemd"),
        ("etc/os-release", b"ID=rocky\nID_LIKE='rhel fedora'\n", "cronie"),
        ("etc/os-release", b"ID=raspbian\nID_LIKE=debian\n", "debian"),
        ("etc/os-release", b"ID=haiku\n", "portable"),
    ],
)
def test_the_daemon_is_told_by_what_is_installed(
    tmp_path: Path, name: str, text: bytes, dialect: str
) -> None:
    file = tmp_path / name
    file.parent.mkdir(parents=True)
    file.write_bytes(text)
    file.chmod(0o755)

    assert read("-", root=str(tmp_path)).dialect == dialect


@pytest.mark.parametrize(
    ("place", "dialect", "form"),
    [
        ("etc/crontabs/root", "busybox", "user"),
        ("var/spool/cron/bob", "cronie", "user"),
        ("var/spool/cron/tabs/bob", "cronie", "user"),
        ("var/spool/cron/crontabs/bob", "", "user"),
        ("etc/cron.d/app", "", "system"),
        ("etc/crontab", "", "system"),
        ("crontabs/app", "", "system"),  # by its lines
    ],
)
def test_a_copy_of_a_crontab_in_a_repository_is_read_as_where_it_belongs(
    tmp_path: Path, place: str, dialect: str, form: str
) -> None:
    file = tmp_path / "image" / place
    file.parent.mkdir(parents=True)
    file.write_bytes(b"0 3 * * * root /bin/x\n")
    inputs = read(file)

    (crontab,) = inputs.read()

    assert (crontab.dialect.name, crontab.form) == (dialect or inputs.dialect, form)
    assert read(file, dialect="bcron").read()[0].dialect.name == "bcron"


def test_a_users_crontab_is_found_in_the_spool(tmp_path: Path) -> None:
    (file,) = read(user="bob", root=str(host(tmp_path)), dialect="debian").read()

    assert (file.owner, file.form, file.live, file.host is not None) == ("bob", "user", True, True)


def test_a_user_without_a_crontab_is_told(tmp_path: Path) -> None:
    inputs = read(user="eve", root=str(host(tmp_path)))

    assert inputs.read() == []
    assert inputs.problems[0].message == "eve has no crontab that can be read"


def test_a_dockerfile_stands_for_the_crontabs_that_it_copies(tmp_path: Path) -> None:
    (tmp_path / "jobs").write_bytes(JOB)
    (tmp_path / "app.cron").write_bytes(b"0 3 * * * root x\n")
    (tmp_path / "Dockerfile").write_text(
        "FROM debian:12 AS build\nFROM alpine:3\nCOPY app.py /app/\n"
        'COPY ["jobs", "/etc/crontabs/root"]\nADD --chmod=0644 app.cron \\\n  /etc/cron.d/\n'
    )

    files = read(tmp_path / "Dockerfile").read()

    assert [(Path(file.path).name, file.dialect.name) for file in files] == [
        ("jobs", "busybox"),
        ("app.cron", "busybox"),
    ]


@pytest.mark.parametrize(
    ("instruction", "names"),
    [
        ("COPY docker/*.cron /etc/cron.d/", ["docker/a.cron", "docker/b.cron"]),
        ("COPY docker/[^a].cron /etc/cron.d/", ["docker/b.cron"]),
        ("COPY docker/?.cron docker/notes /etc/cron.d/", ["docker/a.cron", "docker/b.cron", "docker/notes"]),
        ("COPY d*r/a.cron /etc/cron.d/app", ["docker/a.cron"]),
        ("COPY docker /etc/cron.d", ["docker/a.cron", "docker/b.cron", "docker/notes"]),
        ("COPY ./docker/ /etc/cron.d/", ["docker/a.cron", "docker/b.cron", "docker/notes"]),
        ("COPY /docker/a.cron /etc/cron.d", ["docker/a.cron"]),
        ("COPY --chown=0:0 --chmod=0644 docker/a.cron /etc/cron.d/a", ["docker/a.cron"]),
        ('COPY --chmod=644 ["my jobs/crontab", "docker/a.cron", "/etc/cron.d/"]',
         ["my jobs/crontab", "docker/a.cron"]),
        ("COPY docker/a.cron \\\n# why\n  /etc/cron.d/a", ["docker/a.cron"]),
        ("COPY rootfs/ /", ["rootfs/etc/cron.d/x", "rootfs/etc/crontab"]),
        ("COPY rootfs/etc /etc", ["rootfs/etc/cron.d/x", "rootfs/etc/crontab"]),
        ("COPY . /app", ["crontab"]),
        ("COPY crontab .", ["crontab"]),
    ],
)  # fmt: skip
def test_what_a_dockerfile_copies_is_found_as_docker_finds_it(
    tmp_path: Path, instruction: str, names: list[str]
) -> None:
    for name in (
        "docker/a.cron", "docker/b.cron", "docker/notes", "docker/.hidden", "my jobs/crontab",
        "rootfs/etc/cron.d/x", "rootfs/etc/crontab", "rootfs/etc/hosts", "crontab", "app.py",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(JOB)
    (tmp_path / "Dockerfile").write_text(f"FROM debian\n{instruction}\nCOPY app.py /app/\n")
    inputs = read(tmp_path / "Dockerfile")

    assert sorted(file.path for file in inputs.read()) == sorted(
        f"{tmp_path}/{name}" for name in names
    )
    assert inputs.problems == []


@pytest.mark.parametrize(
    ("instruction", "why"),
    [
        ("COPY --from=build /app/jobs /etc/cron.d/app", "it comes from build"),
        ("COPY <<EOF /etc/cron.d/app\n0 4 * * * root y\nEOF", "it stands in the Dockerfile itself"),
        ("ADD https://h/x /etc/cron.d/app", "it is downloaded"),
        ("COPY ${JOBS} /etc/cron.d/app", "its name depends on an argument"),
        ("COPY docker/*.cron /etc/cron.d/", "there is no such file beside the Dockerfile"),
    ],
)
def test_what_a_dockerfile_copies_from_elsewhere_is_told(
    tmp_path: Path, instruction: str, why: str
) -> None:
    (tmp_path / "Dockerfile").write_text(f"FROM debian\n{instruction}\n")
    inputs = read(tmp_path / "Dockerfile")

    assert inputs.read() == []
    (problem,) = inputs.problems
    assert problem.message.endswith(f"is not read: {why}")
    assert problem.hint == "name the crontab itself, too"


def test_what_a_dockerfile_has_from_elsewhere_is_no_failure_where_the_rest_is_read(
    tmp_path: Path,
) -> None:
    (tmp_path / "jobs").write_bytes(JOB)
    text = "FROM debian\nCOPY jobs /etc/cron.d/a\nCOPY --from=build /b /etc/cron.d/b\n"
    (tmp_path / "Dockerfile").write_text(text)
    inputs = read(tmp_path / "Dockerfile")

    assert len(inputs.read()) == 1
    assert [note.message.partition(": ")[2] for note in inputs.notes] == [
        "/b, copied to /etc/cron.d/b, is not read: it comes from build"
    ]
    assert inputs.problems == []


@pytest.fixture
def others_host() -> Iterator[Path]:
    """Give a host whose spool root alone may read, in a place that all may enter."""
    with tempfile.TemporaryDirectory() as name:
        root = host(Path(name))
        for path in (root, *root.rglob("*")):
            path.chmod(0o755)
        (root / "etc/cron.d/hidden").write_bytes(JOB)
        (root / "etc/cron.d/hidden").chmod(0)
        (root / "var/spool/cron/crontabs").chmod(0)
        yield root


class Told(NamedTuple):
    """What another user is told of what there is to read."""

    files: list[str]
    notes: list[str]
    problems: list[str]


def told(uid: int, *paths: object, root: str = "/", user: str = "") -> Told:
    """Read as another user, in a process of its own: root may read all."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
            inputs = read(*paths, root=root, user=user, dialect="debian")
            files = [file.path for file in inputs.read()]
            said = [[one.message for one in told] for told in (inputs.notes, inputs.problems)]
            os.write(writing, json.dumps([files, *said]).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    return Told(*json.loads(data))


@pytest.mark.parametrize("uid", [pwd.getpwnam("nobody").pw_uid, 54321])
def test_what_others_alone_may_read_and_was_not_named_is_told_and_no_failure(
    others_host: Path, uid: int
) -> None:
    found = told(uid, root=str(others_host))

    assert found.files == [f"{others_host}/etc/crontab", f"{others_host}/etc/cron.d/app"]
    assert found.notes == [
        f"{others_host}/etc/cron.d/hidden: cannot be read: Permission denied",
        "/var/spool/cron/crontabs: the crontabs of other users cannot be read",
    ]
    assert found.problems == []


def test_what_was_named_and_cannot_be_read_is_a_failure(others_host: Path) -> None:
    named = told(54321, f"{others_host}/etc/cron.d/hidden")
    whose = told(54321, user="bob", root=str(others_host))

    assert named == (
        [],
        [],
        [f"{others_host}/etc/cron.d/hidden: cannot be read: Permission denied"],
    )
    assert whose == ([], [], ["bob has no crontab that can be read"])


def test_a_host_of_which_nothing_can_be_read_is_a_failure(others_host: Path) -> None:
    (others_host / "etc/crontab").chmod(0)
    (others_host / "etc/cron.d").chmod(0)

    found = told(54321, root=str(others_host))

    assert (found.files, found.notes) == ([], [])
    assert "/etc/cron.d: cannot be read" in found.problems


ANACRONS = b"""\
# See anacrontab(5).
SHELL=/bin/sh
START_HOURS_RANGE=3-22

1\t5\tcron.daily\tnice run-parts /etc/cron.daily
7\t25\tcron.weekly\tnice run-parts /etc/cron.weekly
@monthly 45\tcron.monthly\tnice run-parts /etc/cron.monthly
"""


@pytest.mark.parametrize("name", ["etc/anacrontab", "jobs"])
def test_a_table_of_anacron_is_told_as_such_in_a_sentence(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(ANACRONS)
    inputs = read(file)

    assert inputs.read() == []
    assert [one.message for one in inputs.problems] == [
        f"{file}: this is a table of anacron, and no crontab"
    ]


def test_a_table_of_anacron_among_crontabs_is_noted(tmp_path: Path) -> None:
    (tmp_path / "anacrontab").write_bytes(ANACRONS)
    (tmp_path / "crontab").write_bytes(JOB)
    inputs = read(tmp_path)

    assert [Path(file.path).name for file in inputs.read()] == ["crontab"]
    assert (len(inputs.notes), inputs.problems) == (1, [])


@pytest.mark.parametrize(
    "text",
    [
        "0 3 L * * /x",
        "0 3 mon * * /x",
        "# nothing",
        "",
        "@daily /x",
        "1 5 cron.daily x\n0 3 * * * /x",
    ],
)
def test_what_is_no_table_of_anacron_is_read_as_a_crontab(text: str) -> None:
    assert len(read("-", stdin=f"{text}\n".encode()).read()) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x7fELF" + bytes(200), "this is no text"),
        (bytes(range(256)), "this is no text"),
        (b"\xff\xfe0\0 \0", "this is UTF-16"),
    ],
)
def test_junk_is_told_as_such(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "x").write_bytes(data)
    inputs = read(tmp_path / "x")

    assert inputs.read() == []
    assert said in inputs.problems[0].message


def test_a_file_of_a_hundred_megabytes_is_told_and_not_read(tmp_path: Path) -> None:
    with (tmp_path / "x").open("wb") as file:
        file.truncate(100 << 20)
    inputs = read(tmp_path / "x")

    assert inputs.read() == []
    assert "larger than 16 MiB, and not looked at" in inputs.problems[0].message
    assert "takes 10,000 lines" in inputs.problems[0].hint


def test_what_comes_without_end_is_told_and_not_kept() -> None:
    with Path("/dev/zero").open("rb") as endless:
        done = subprocess.run(
            ["sh", "-c", 'ulimit -v 500000; exec "$@"', "sh", SCRIPT, "lint", "-"],
            stdin=endless, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    assert done.returncode == 2
    assert "standard input: this is larger than 16 MiB, and not looked at" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("shell", "status", "said"),
    [
        ('exec "$0" lint - <&-', 0, ""),
        ('printf "\\377\\376a\\0" | "$0" lint -', 2, "standard input: this is UTF-16"),
    ],
)
def test_a_standard_input_that_is_no_crontab_is_told(shell: str, status: int, said: str) -> None:
    done = subprocess.run(
        ["sh", "-c", shell, SCRIPT], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, "Traceback" in done.stderr) == (status, False)
    assert said in done.stderr


def test_what_is_not_there_or_no_file_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    inputs = read(tmp_path / "no", tmp_path / "fifo", "a\0b")

    assert inputs.read() == []
    assert [problem.message.partition(": ")[2] for problem in inputs.problems] == [
        "cannot be read: No such file or directory",
        "this is no file",
        "no file has such a name",
    ]


def test_the_form_may_be_said() -> None:
    (file,) = read("-", stdin=JOB, form="system").read()

    assert file.form == "system"
