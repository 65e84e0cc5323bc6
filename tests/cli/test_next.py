"""``cronwrap next`` and ``cronwrap explain``: what people and programs are told of schedules."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import Cronwrap, Done

CRONTAB = """\
CRON_TZ=Europe/Paris
0 12 * * *  /usr/local/bin/report
@reboot     /usr/local/bin/start
0 22-2 * * *  curl https://hc-ping.com/5bfa66e1-2d1a-4a6c-b6a9-3a2b0f9c7d11
"""


def lines(done: Done) -> list[str]:
    return done.stdout.splitlines()


def jobs(cronwrap: Cronwrap, *words: str) -> list[dict[str, Any]]:
    done = cronwrap("next", "--json", *words)
    assert done.stderr == ""
    written = json.loads(done.stdout)
    assert written["schema"] == "cronwrap-next/1"
    found = written["jobs"]
    assert isinstance(found, list)
    return found


def test_an_expression_is_shown_in_words_and_with_its_runs_through_a_change_of_the_clock(
    cronwrap: Cronwrap,
) -> None:
    done = cronwrap(
        "next", "--dialect", "debian", "-z", "Europe/Berlin", "--after", "2026-03-28T12:00",
        "-n", "2", "30 2 * * *",
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")
    assert lines(done) == [
        "30 2 * * *",
        "    Debian's cron: at 02:30 every day",
        "    Sun 2026-03-29 03:00:00 CEST  (02:30 is skipped: right after that)",
        "    Mon 2026-03-30 02:30:00 CEST",
    ]


def test_each_job_of_a_crontab_is_shown_by_its_daemon_and_in_its_zone(cronwrap: Cronwrap) -> None:
    path = cronwrap.directory / "crontab"
    path.write_text(CRONTAB)

    noon, reboot, never = jobs(
        cronwrap, "--dialect", "cronie", "--after", "2026-05-01", "-n", "1", str(path)
    )

    assert (noon["path"], noon["line"], noon["schedule"]) == (str(path), 2, "0 12 * * *")
    assert noon["zone"] == "Europe/Paris"
    assert noon["runs"] == [{"when": "2026-05-01T12:00:00+02:00", "unix_s": 1777629600, "note": ""}]
    assert (reboot["words"], reboot["runs"]) == ("once, when the daemon starts", [])
    assert (never["words"], never["runs"]) == ("never: no hour is left", [])
    assert never["notes"] == ["the range 22-2 runs backwards: for cronie it is empty"]


def test_debians_cron_does_not_heed_a_zone_in_the_crontab(cronwrap: Cronwrap) -> None:
    path = cronwrap.directory / "crontab"
    path.write_text(CRONTAB)

    noon, *_ = jobs(
        cronwrap, "--dialect", "debian", "-z", "UTC", "--after", "2026-05-01", str(path)
    )

    assert (noon["zone"], noon["runs"][0]["when"]) == ("", "2026-05-01T12:00:00+00:00")


def test_this_machines_zone_is_taken_from_tz(cronwrap: Cronwrap) -> None:
    cronwrap.environ["TZ"] = "Asia/Tokyo"

    (job,) = jobs(cronwrap, "--dialect", "debian", "--after", "2026-05-01", "0 12 * * *")

    assert job["runs"][0]["when"] == "2026-05-01T12:00:00+09:00"


def test_a_secret_in_a_line_is_not_shown(cronwrap: Cronwrap) -> None:
    path = cronwrap.directory / "crontab"
    path.write_text("0 1 * * * curl -u admin:hunter2secret https://example.org/\n")

    done = cronwrap("next", "--dialect", "debian", str(path))

    assert "curl" in done.stdout
    assert "hunter2secret" not in done.stdout


def test_a_schedule_that_is_refused_is_told_with_what_to_write(cronwrap: Cronwrap) -> None:
    done = cronwrap("next", "--dialect", "debian", "60 * * * *", "0 5 * * *", "-n", "0")

    assert done.returncode == 1
    assert lines(done) == [
        "60 * * * *",
        "    refused: the minute '60' is out of range",
        "    hint: write 0 to 59",
        "",
        "0 5 * * *",
        "    Debian's cron: at 05:00 every day",
    ]


@pytest.mark.parametrize("dialect", ["debian", "supercronic", "bcron"])
def test_a_nickname_of_others_is_told_to_be_theirs(cronwrap: Cronwrap, dialect: str) -> None:
    done = cronwrap("next", "--dialect", dialect, "@every 5m")

    assert done.returncode == 1
    assert "does not know @every 5m" in done.stdout
    assert "hint: that is of robfig/cron, in Kubernetes and other Go programs" in done.stdout


def test_mistakes_on_the_command_line_are_told_in_a_sentence(cronwrap: Cronwrap) -> None:
    for words, told in (
        (("-z", "Europe/Pari", "* * * * *"), "there is no time zone Europe/Pari"),
        (("-z", "../etc", "* * * * *"), "there is no time zone ../etc"),
        (("--after", "tomorrow", "* * * * *"), "'tomorrow' is no time"),
        (("/nonexistent",), "/nonexistent"),
    ):
        done = cronwrap("next", "--dialect", "debian", *words)
        assert done.returncode == 2
        assert told in done.stderr
        assert "Traceback" not in done.stderr


def test_an_expression_is_explained_by_field_and_by_daemon(cronwrap: Cronwrap) -> None:
    done = cronwrap("explain", "--dialect", "debian", "*/7 22-2 * * mon-fri")

    assert done.returncode == 0
    assert lines(done) == [
        "*/7 22-2 * * mon-fri",
        "    Debian's cron: never: no hour is left",
        "    note: the range 22-2 runs backwards: for Debian's cron it is empty",
        "",
        "    minute   */7      0 to 56 in steps of 7",
        "    hour     22-2     none",
        "    day      *        every one",
        "    month    *        every one",
        "    weekday  mon-fri  Monday to Friday",
        "",
        "    cronie: the same",
        (
            "    BusyBox crond: at minutes 0 to 56 in steps of 7 of hours 0 to 2, 22 and 23,"
            " on Monday to Friday"
        ),
        "    systemd-cron, supercronic, bcron: refused: the range '22-2' runs backwards",
    ]


def test_what_a_daemon_refuses_is_marked(cronwrap: Cronwrap) -> None:
    done = cronwrap("explain", "--dialect", "cronie", "0 0/5 * * *")

    assert done.returncode == 1
    assert lines(done)[:4] == [
        "0 0/5 * * *",
        "  ^^^",
        "    cronie refuses it: cronie takes a step only behind * or a range",
        "    hint: write 0-23/5",
    ]


def test_a_daemon_that_draws_a_value_is_not_the_same_as_one_that_reads_0(
    cronwrap: Cronwrap,
) -> None:
    shown = lines(cronwrap("explain", "--dialect", "debian", "0~10 3 * * *"))

    assert "    BusyBox crond: the same" in shown
    assert (
        "    cronie: at 03:00 every day, or later:"
        " cronie draws one of 0 to 10 each time it loads the file"
    ) in shown


def test_a_rule_is_explained_by_code_and_by_name(cronwrap: Cronwrap) -> None:
    by_code, by_name = cronwrap("explain", "cw404"), cronwrap("explain", "unguarded-cd")

    assert by_code.stdout.startswith("CW404 unguarded-cd (warning)")
    assert by_code.stdout == by_name.stdout


def test_what_is_neither_rule_nor_expression_is_told(cronwrap: Cronwrap) -> None:
    done = cronwrap("explain", "CW999")

    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no rule CW999" in done.stderr


def test_a_crontab_that_its_daemon_refuses_as_a_whole_is_told_to_be_refused(
    cronwrap: Cronwrap, tmp_path: Path
) -> None:
    path = tmp_path / "crontab"
    path.write_text("0 4 * * * x\n0 0 * * * * y\n")

    done = cronwrap("next", "--dialect", "debian", "-n", "1", str(path))

    assert done.returncode == 1
    assert f"Debian's cron refuses all of {path} for its line 2" in done.stderr
    assert "    refused: " in done.stdout


def test_a_line_that_its_daemon_drops_has_no_runs(cronwrap: Cronwrap, tmp_path: Path) -> None:
    path = tmp_path / "crontab"
    path.write_text("0 4 * * * x\n0 0 * * * -q y\n")

    first, second = jobs(cronwrap, "--dialect", "cronie", str(path))

    assert (len(first["runs"]), first["error"]) == (3, "")
    assert (second["runs"], second["error"]) == ([], "refused")


def test_an_expression_that_is_longer_than_a_file_name_is_read(cronwrap: Cronwrap) -> None:
    long = f"{','.join(map(str, range(60)))},{','.join(map(str, range(60)))} * * * *"

    for word in ("next", "explain"):
        done = cronwrap(word, "--dialect", "debian", long)

        assert (done.returncode, done.stderr) == (0, "")
        assert "every minute" in done.stdout
