"""What is told of a run depends on those before it, where that is asked for."""

import ast
import json
import uuid
from typing import Any

import pytest

from tests.support.command import Cronwrap
from tests.support.events import events, last, webhook
from tests.support.httpd import Httpd, answer
from tests.support.waiting import eventually

# What a check ends with, run by run.
STORY = "FFFSSFS"


def config(httpd: Httpd, **endpoints: str) -> str:
    """Return a configuration of endpoints, each with a path of its own name."""
    tables = (
        f'[endpoints.{name}]\nservice = "webhook"\nurl = "{httpd.url}/{name}"\n{more}\n'
        for name, more in endpoints.items()
    )
    return "".join(tables)


def live(cronwrap: Cronwrap, story: str, *words: str) -> None:
    """Run a check once for each letter of *story*."""
    for letter in story:
        done = cronwrap("-c", "x", *words, "--", "true" if letter == "S" else "false")
        assert done.returncode == (letter == "F")


def told(httpd: Httpd, name: str) -> str:
    """Return what an endpoint was told of the ends: S, F, L for a log, R for a recovery."""
    bodies = [json.loads(one.body) for one in httpd.received if one.path == f"/{name}"]
    return "".join(_letter(event) for event in bodies if event["phase"] != "start")


def _letter(event: dict[str, Any]) -> str:
    return "R" if event["recovered"] else str(event["phase"])[0].upper()


def test_each_endpoint_is_told_of_failures_from_its_own_count_on(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    cronwrap.write_config(config(httpd, log="", chat="after = 2", pager="after = 3"))

    live(cronwrap, STORY, "-e", "log", "-e", "chat", "-e", "pager")

    assert told(httpd, "log") == "FFFRSFR"
    assert told(httpd, "chat") == "LFFRSLS"
    assert told(httpd, "pager") == "LLFRSLS"


def test_the_first_failures_of_a_check_are_a_log_to_all_where_that_is_said(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    live(cronwrap, "FFSF", "-e", webhook(httpd), "--fail-after", "2")

    ends = [event for event in events(httpd) if event["phase"] != "start"]
    assert [event["phase"] for event in ends] == ["log", "fail", "success", "log"]
    assert [event["failures"] for event in ends] == [1, 2, 2, 1]
    assert ends[0]["detail"] == "failure 1, told as one from the 2nd in a row on"


def test_who_is_only_notified_hears_of_failures_and_of_the_recovery(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.always = answer(200, b"ok")

    live(cronwrap, STORY, "-e", f"slack+{httpd.url}/services/T/B/X")

    texts = [json.loads(request.body)["text"] for request in httpd.received]
    assert [text.split(" on ")[0].split(" after 0")[0] for text in texts] == [
        *["x failed: exit status 1"] * 3,
        "x succeeded again, after 3 failures",
        "x failed: exit status 1",
        "x succeeded again, after 1 failure",
    ]


def test_without_such_a_wish_nobody_opens_the_history(cronwrap: Cronwrap, httpd: Httpd) -> None:
    live(cronwrap, "FS", "-e", webhook(httpd))

    assert not (cronwrap.state_dir / "history.sqlite3").exists()


def remember(cronwrap: Cronwrap, count: int, duration_s: float) -> None:
    """Leave behind what so many successes of that duration would have."""
    cronwrap("-c", "x", "--", "true")
    (path,) = (cronwrap.state_dir / "runs").glob("*.done")
    known: dict[str, Any] = {}
    for line in path.read_text().splitlines():
        known |= ast.literal_eval(line)
    path.unlink()
    for _ in range(count):
        run_id = str(uuid.uuid4())
        facts = {**known, "run_id": run_id, "duration_s": duration_s}
        (path.parent / f"{run_id}.done").write_text(ascii(facts) + "\n")


@pytest.mark.parametrize(
    ("option", "usual_s", "warning"),
    [
        ("--slow-factor=3", 0.01, "slow: it took "),
        ("--slow-factor=3", 60.0, ""),
        ("--fast-factor=3", 60.0, "fast: it took "),
        ("--fast-factor=3", 0.01, ""),
    ],
)
def test_a_run_that_is_much_slower_or_faster_than_usual_is_a_warning(
    cronwrap: Cronwrap, httpd: Httpd, option: str, usual_s: float, warning: str
) -> None:
    remember(cronwrap, 5, usual_s)

    done = cronwrap("-c", "x", "-e", webhook(httpd), option, "--", "sleep", "0.2")

    assert (done.returncode, last(httpd)["phase"]) == (0, "success")
    assert last(httpd).get("warning", "").startswith(warning)
    assert bool(last(httpd).get("warning")) == bool(warning)
    (newest,) = json.loads(cronwrap("history", "--json", "-n", "1").stdout)["runs"]
    assert newest["warning"] == last(httpd).get("warning", "")


def test_what_is_unusual_is_remembered_without_an_endpoint_too(cronwrap: Cronwrap) -> None:
    remember(cronwrap, 5, 0.01)

    done = cronwrap("-c", "x", "--slow-factor=3", "--heartbeat", "50ms", "--", "sleep", "0.2")

    (newest,) = json.loads(cronwrap("history", "--json", "-n", "1").stdout)["runs"]
    assert (done.returncode, done.stderr) == (0, "")
    assert newest["warning"].startswith("slow: it took ")


def test_of_few_runs_nobody_can_say_what_is_usual(cronwrap: Cronwrap, httpd: Httpd) -> None:
    remember(cronwrap, 4, 0.001)

    cronwrap("-c", "x", "-e", webhook(httpd), "--slow-factor=1.1", "--", "sleep", "0.1")

    assert "warning" not in last(httpd)


def test_a_history_that_cannot_be_read_costs_what_it_would_say_and_no_report(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    (cronwrap.state_dir / "history.sqlite3").mkdir(parents=True)

    done = cronwrap("-c", "x", "-e", webhook(httpd), "--fail-after", "3", "--", "false")

    assert last(httpd)["phase"] == "fail"
    assert "history.sqlite3" in done.stderr


def test_a_heartbeat_tells_what_was_written_so_far(cronwrap: Cronwrap, httpd: Httpd) -> None:
    script = 'echo one; until [ -e "$0" ]; do sleep 0.02; done; echo two'
    mark = cronwrap.directory / "mark"
    running = cronwrap.start(
        "-c", "x", "-e", webhook(httpd), "--heartbeat", "300ms", "--", "sh", "-c", script, mark
    )
    eventually(lambda: [event["phase"] for event in events(httpd)].count("log") >= 2)
    mark.touch()
    running.wait()

    *before, end = events(httpd)
    beats = [event for event in before if event["phase"] != "start"]  # which may be slower
    assert len(beats) == len(before) - 1
    assert (end["phase"], end["output"]) == ("success", "one\ntwo\n")
    for beat in beats:
        assert (beat["phase"], beat["output"], beat["detail"]) == ("log", "one\n", "still running")
    assert beats[0]["duration_s"] < beats[1]["duration_s"] < end["duration_s"]
    keys = [request.headers["idempotency-key"] for request in httpd.received]
    assert len(set(keys)) == len(keys)


def test_a_heartbeat_that_is_never_accepted_does_not_follow_the_end(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.always = answer(503)  # so it is tried again and again
    mark = cronwrap.directory / "mark"
    running = cronwrap.start(
        *("-c", "x", "-e", webhook(httpd), "--heartbeat", "100ms", "--report-budget", "2s", "--"),
        *("sh", "-c", 'until [ -e "$0" ]; do sleep 0.02; done', mark),
    )
    eventually(lambda: "log" in [event["phase"] for event in events(httpd)])
    mark.touch()
    running.wait()

    phases = [event["phase"] for event in events(httpd)]
    assert "log" not in phases[phases.index("success") :]
