"""A file is replaced whole or not at all, and never through a link that another could have set."""

import os
import stat
from pathlib import Path

import pytest

from cronwrap.errors import UsageError
from cronwrap.lint.replace import replace


def test_mode_and_bytes_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"a\xff")
    file.chmod(0o604)

    replace(str(file), b"a\xff", b"b\xff")

    assert file.read_bytes() == b"b\xff"
    assert stat.S_IMODE(file.stat().st_mode) == 0o604
    assert os.listdir(tmp_path) == ["x"]  # noqa: PTH208 - hidden ones too


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"a")
    os.chown(file, 12345, 54321)

    replace(str(file), b"a", b"b")

    assert (file.stat().st_uid, file.stat().st_gid) == (12345, 54321)


def test_a_link_in_a_place_of_ones_own_is_followed_and_stays(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "x").write_bytes(b"a")
    (tmp_path / "link").symlink_to("x")

    replace(str(tmp_path / "link"), b"a", b"b")

    assert (tmp_path / "x").read_bytes() == b"b"
    assert (tmp_path / "link").is_symlink()


def test_a_link_in_a_directory_that_all_may_write_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"a")
    public = tmp_path / "public"
    public.mkdir()
    public.chmod(0o1777)
    (public / "link").symlink_to(tmp_path / "x")

    with pytest.raises(UsageError, match="is a link in a directory that all may write"):
        replace(str(public / "link"), b"a", b"b")

    assert (tmp_path / "x").read_bytes() == b"a"


def test_a_directory_behind_a_link_in_such_a_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "x").write_bytes(b"a")
    public = tmp_path / "public"
    public.mkdir()
    public.chmod(0o1777)
    (public / "link").symlink_to(tmp_path / "there")

    with pytest.raises(UsageError, match="may write; it is not followed"):
        replace(str(public / "link" / "x"), b"a", b"b")

    assert (tmp_path / "there" / "x").read_bytes() == b"a"


def test_a_file_that_has_changed_since_it_was_read_is_left(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"new")

    with pytest.raises(UsageError, match="has changed meanwhile"):
        replace(str(file), b"old", b"b")

    assert file.read_bytes() == b"new"


def test_a_file_with_other_names_is_left(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"a")
    (tmp_path / "y").hardlink_to(file)

    with pytest.raises(UsageError, match="hard links"):
        replace(str(file), b"a", b"b")


def test_links_in_a_circle_are_told(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")

    with pytest.raises(UsageError, match="cannot be written"):
        replace(str(tmp_path / "a"), b"", b"b")
