"""The rules that look at modes and owners: who may write what root runs."""

import os
from pathlib import Path

import pytest

from cronwrap.lint import linter
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.host import Host
from cronwrap.lint.rule import find_rule

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="gives files to other users")
JOB = "0 3 * * * root /srv/app/run.sh\n"
ACCOUNTS = "root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/home/bob:/bin/sh\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A system with a script that only root may write."""
    for name in ("etc/cron.d", "srv/app", "home/bob"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "etc/passwd").write_text(ACCOUNTS)
    (tmp_path / "etc/group").write_text("root:x:0:\nadmins:x:2000:bob,ann\nempty:x:3000:\n")
    for name in ("srv/app/run.sh", "home/bob/run.sh"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    for place in (tmp_path, tmp_path / "srv", tmp_path / "srv/app"):
        place.chmod(0o755)
    return tmp_path


def messages(
    root: Path, code: str, text: str = JOB, dialect: str = "debian", form: str = "system"
) -> list[str]:
    path = root / "etc/cron.d/app"
    if not path.exists():
        path.write_text(text)
    file = Crontab(
        text.encode(), str(path), form=form, live=True, host=Host(str(root)), dialect=dialect
    )
    return [one.found.message for one in linter.lint([file], [find_rule(code)])]


@pytest.mark.parametrize(("mode", "who"), [(0o664, "its group"), (0o646, "all users")])
def test_a_crontab_that_others_may_write_is_found(root: Path, mode: int, who: str) -> None:
    (root / "etc/cron.d/app").write_text(JOB)
    (root / "etc/cron.d/app").chmod(mode)

    assert messages(root, "CW603") == [
        f"the file has mode {mode:04o}: {who} may write it; Debian's cron runs none of its jobs"
    ]
    assert "runs none" not in messages(root, "CW603", dialect="systemd")[0]


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755])
def test_a_crontab_that_root_alone_may_write_is_left_alone(root: Path, mode: int) -> None:
    (root / "etc/cron.d/app").write_text(JOB)
    (root / "etc/cron.d/app").chmod(mode)

    assert messages(root, "CW603") == []


@pytest.mark.parametrize(
    ("form", "mode", "refusing"),
    [
        ("user", 0o600, ()),
        ("user", 0o644, ("debian", "portable")),
        ("system", 0o755, ("cronie", "portable")),
        ("system", 0o640, ()),
    ],
)
def test_a_mode_that_a_daemon_refuses_is_found(
    root: Path, form: str, mode: int, refusing: tuple[str, ...]
) -> None:
    (root / "etc/cron.d/app").write_text(JOB)
    (root / "etc/cron.d/app").chmod(mode)

    for dialect in ("debian", "cronie", "portable", "systemd"):
        told = messages(root, "CW603", dialect=dialect, form=form)
        assert bool(told) == (dialect in refusing)


@AS_ROOT
def test_a_system_crontab_that_is_not_roots_is_found(root: Path) -> None:
    (root / "etc/cron.d/app").write_text(JOB)
    os.chown(root / "etc/cron.d/app", 1000, 1000)

    assert messages(root, "CW603") == [
        "the file belongs to user 1000 and not to root; Debian's cron runs none of its jobs"
    ]
    os.chown(root, 1000, 1000)  # who unpacked it owns all of it

    assert messages(root, "CW603") == []


@pytest.mark.parametrize("place", ["/srv", "/srv/app", "/srv/app/run.sh"])
def test_a_script_of_root_that_all_may_write_is_found(root: Path, place: str) -> None:
    assert messages(root, "CW604") == []
    (root / place[1:]).chmod(0o777)

    (message,) = messages(root, "CW604")
    assert message.startswith(f"root runs it, and all users may write {place}:")


def test_a_script_that_a_shell_reads_is_looked_at_too(root: Path) -> None:
    (root / "srv/app/run.sh").chmod(0o666)

    assert messages(root, "CW604", "0 3 * * * root cd /srv/app && sh run.sh\n")
    assert not messages(root, "CW604", "0 3 * * * bob sh /srv/app/run.sh\n")
    assert not messages(root, "CW604", "0 3 * * * root su bob -c /srv/app/run.sh\n")


def test_a_sticky_directory_keeps_what_is_in_it(root: Path) -> None:
    (root / "srv/app").chmod(0o1777)

    assert messages(root, "CW604") == []


@AS_ROOT
@pytest.mark.parametrize(("gid", "count"), [(0, 0), (3000, 0), (2000, 1), (1000, 1)])
def test_a_group_counts_if_somebody_is_in_it(root: Path, gid: int, count: int) -> None:
    os.chown(root / "srv/app/run.sh", 0, gid)
    (root / "srv/app/run.sh").chmod(0o775)

    assert len(messages(root, "CW604")) == count


@AS_ROOT
def test_a_script_of_another_owner_is_found(root: Path) -> None:
    os.chown(root / "srv/app", 1000, 0)

    (message,) = messages(root, "CW604")
    assert message.startswith("root runs it, and its owner bob may write /srv/app:")


@AS_ROOT
def test_a_script_in_a_users_home_is_found_once(root: Path) -> None:
    os.chown(root / "home/bob", 1000, 1000)
    text = "0 3 * * * root /home/bob/run.sh\n"

    assert messages(root, "CW604", text) == []
    assert len(messages(root, "CW605", text)) == 1
    assert messages(root, "CW605", "0 3 * * * bob /home/bob/run.sh\n") == []


def test_a_home_that_is_roots_is_left_alone(root: Path) -> None:
    if os.geteuid() == 0:
        assert messages(root, "CW605", "0 3 * * * root /home/bob/run.sh\n") == []
