"""An end that no endpoint has accepted is kept, and told later: once, in order, marked as late."""

import contextlib
import fcntl
import json
import os
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from cronwrap.event import SUCCESS, Event
from cronwrap.store import Store
from cronwrap.store.outbox import Address
from tests.conftest import Serve
from tests.support.command import Cronwrap, Done
from tests.support.events import CHECK, events, healthchecks, webhook
from tests.support.healthchecks import Healthchecks
from tests.support.httpd import Httpd, answer
from tests.support.waiting import eventually

SOON = ("--report-budget", "150ms")
DAY_S = 86_400.0


def run(cronwrap: Cronwrap, check: str, *words: str, code: int = 0) -> Done:
    return cronwrap("-c", check, *SOON, *words, "--", "sh", "-c", f"exit {code}")


def flush(cronwrap: Cronwrap, *words: str) -> list[dict[str, Any]]:
    found = json.loads(cronwrap("flush", "--json", *words).stdout)
    assert found["schema"] == "cronwrap-flush/1"
    assert isinstance(found["reports"], list)
    return found["reports"]


def owed(cronwrap: Cronwrap) -> list[dict[str, Any]]:
    return [row for row in flush(cronwrap, "--list") if row["outcome"] == "owed"]


def come_up(httpd: Httpd) -> None:
    """Accept all from now on, and forget what came before."""
    httpd.always = answer()
    httpd.received.clear()


def age(cronwrap: Cronwrap, seconds: float) -> None:
    """Make all that was recorded so much older, as if the clock had gone on."""
    for path in (cronwrap.state_dir / "runs").iterdir():
        lines = []
        for line in path.read_text().splitlines():
            facts = eval(line, {})  # noqa: S307 - written by the code under test
            for key in ("started_unix_s", "finished_unix_s"):
                if facts.get(key):
                    facts[key] -= seconds
            lines.append(ascii(facts))
        path.write_text("\n".join(lines) + "\n")


def test_an_end_that_was_not_accepted_is_told_by_the_next_run_of_any_check(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.always = answer(503)
    done = run(cronwrap, "one", "-e", webhook(httpd), code=3)
    assert done.returncode == 3
    assert "the failure was not reported to" in done.stderr
    assert done.stderr.endswith("; it is kept, and will be sent later\n")

    come_up(httpd)
    done = cronwrap("-c", "other", "--", "true")

    assert (done.returncode, done.stderr) == (0, "")
    (event,) = events(httpd)
    assert (event["check"], event["phase"], event["exit_status"]) == ("one", "fail", 3)
    cronwrap("-c", "other", "--", "true")
    assert len(httpd.received) == 1
    assert flush(cronwrap) == []


def test_where_nothing_has_run_yet_flush_owes_nothing(cronwrap: Cronwrap) -> None:
    done = cronwrap("flush")

    assert (done.returncode, done.stdout, done.stderr) == (0, "nothing is owed\n", "")
    assert not cronwrap.state_dir.exists()


def test_flush_says_so_when_it_cannot_lock_the_outbox(cronwrap: Cronwrap) -> None:
    cronwrap("-c", "x", "--", "true")
    cronwrap("status")
    (cronwrap.state_dir / "flush.lock").unlink(missing_ok=True)
    (cronwrap.state_dir / "flush.lock").symlink_to("elsewhere")

    done = cronwrap("flush")

    assert done.returncode == 2
    assert "cannot be used: Too many levels of symbolic links" in done.stderr
    assert "Traceback" not in done.stderr


def test_flush_sends_what_is_owed_and_says_what_it_did(cronwrap: Cronwrap, httpd: Httpd) -> None:
    httpd.always = answer(503)
    run(cronwrap, "one", "-e", webhook(httpd))
    listed = cronwrap("flush", "--list")
    assert listed.returncode == 1
    assert "success  webhook+http://127.0.0.1" in listed.stdout
    assert "hook" not in listed.stdout.replace("webhook", "")  # the path may be a secret

    refused = cronwrap("flush")
    come_up(httpd)
    sent = cronwrap("flush")
    nothing = cronwrap("flush")

    assert (refused.returncode, sent.returncode, nothing.returncode) == (1, 0, 0)
    assert "still owed  answered 503" in refused.stdout
    assert sent.stdout.splitlines()[1].split()[2:] == [
        *("one", "success", "webhook", f"{httpd.url}/…", "sent"),
    ]
    assert nothing.stdout == "nothing is owed\n"


def test_flush_says_how_many_wait_behind_what_is_not_accepted_and_for_what(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.always = answer(503)
    for check in ("one", "two", "three"):
        run(cronwrap, check, "-e", webhook(httpd))

    done = cronwrap("flush")
    found = json.loads(cronwrap("flush", "--json").stdout)

    _, tried, told = done.stdout.splitlines()
    assert (done.returncode, "one" in tried, "answered 503" in tried) == (1, True, True)
    label = f"webhook {httpd.url}/…"
    assert told.startswith(f"{label}: 3 reports are owed, the oldest of 20")
    assert ", and sent in that order: by the next run from 20" in told
    assert told.endswith(" on, or by `cronwrap flush`; after 14 days each is given up")
    (debt,) = found["owed"]
    assert (debt["endpoint"], debt["reports"]) == (label, 3)
    assert debt["oldest_unix_s"] == found["reports"][0]["at_unix_s"]
    assert debt["next_try_unix_s"] > time.time()


def test_flush_beside_another_says_that_it_has_sent_nothing(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.always = answer(503)
    run(cronwrap, "one", "-e", webhook(httpd))
    cronwrap("flush")

    with (cronwrap.state_dir / "flush.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = cronwrap("flush")

    assert done.returncode == 1
    assert done.stdout.startswith("nothing was sent: another cronwrap is at it")
    assert "1 report is owed" in done.stdout


def test_what_is_told_more_than_a_minute_later_is_marked_as_late(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.always = answer(503)
    run(cronwrap, "one", "-e", webhook(httpd), code=1)
    age(cronwrap, 3600)

    come_up(httpd)
    flush(cronwrap)

    (event,) = events(httpd)
    assert (event["delivered_late"], event["superseded"]) == (True, False)
    assert event["finished_at"] < time.strftime("%Y-%m-%dT%H:%M", time.gmtime(time.time() - 3000))


def test_all_ends_of_a_day_arrive_in_the_evening_once_and_in_order(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.always = answer(503)
    for code in range(6):
        run(cronwrap, "hourly", "-e", webhook(httpd), code=code)

    come_up(httpd)
    flush(cronwrap)
    flush(cronwrap)

    assert [event["exit_status"] for event in events(httpd)] == list(range(6))
    assert [event["superseded"] for event in events(httpd)] == [True] * 5 + [False]


def test_healthchecks_gets_older_ends_as_a_log_and_the_newest_as_what_it_is(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    server = Healthchecks(uuids=[CHECK.strip("/")])
    endpoint = healthchecks(httpd.url)
    httpd.always = answer(503)
    run(cronwrap, "x", "-e", endpoint, code=0)
    run(cronwrap, "x", "-e", endpoint, code=3)
    run(cronwrap, "y", "-e", endpoint, code=4)

    httpd.always = server.behaviour
    httpd.received.clear()

    def all_told() -> bool:  # the last run may still be flushing itself
        flush(cronwrap)
        return len(httpd.received) >= 3

    eventually(all_told)
    assert [request.path.rpartition("/")[2] for request in httpd.received] == ["log", "3", "4"]


def test_an_end_that_is_older_than_one_that_was_told_live_does_not_follow_it(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    url = f"betterstack+{httpd.url}/heartbeat/t0ken"
    httpd.always = answer(503)
    run(cronwrap, "beat", "-e", url, code=1)
    httpd.always = answer()
    (cronwrap.state_dir / "runs").rename(cronwrap.state_dir / "hidden")
    run(cronwrap, "beat", "-e", url)
    for path in (cronwrap.state_dir / "hidden").iterdir():
        path.rename(cronwrap.state_dir / "runs" / path.name)
    httpd.received.clear()

    (row,) = flush(cronwrap)

    assert (row["outcome"], httpd.received) == ("rejected", [])
    assert "has been told of a newer run" in row["why"]
    assert flush(cronwrap, "--list")[0]["outcome"] == "dropped"


def test_a_success_of_yesterday_does_not_keep_a_heartbeat_alive(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.always = answer(503)
    run(cronwrap, "beat", "-e", f"betterstack+{httpd.url}/heartbeat/t0ken")
    age(cronwrap, DAY_S)
    come_up(httpd)

    (row,) = flush(cronwrap)

    assert (row["outcome"], httpd.received) == ("rejected", [])
    assert "more than 6 h old" in row["why"]


def test_all_that_was_dropped_is_listed_with_its_reason(cronwrap: Cronwrap) -> None:
    address = Address("betterstack+http://127.0.0.1:9/heartbeat/t0ken", (), {})
    store, at_unix_s = Store(str(cronwrap.state_dir)), time.time() - DAY_S
    end = Event(check="x", run_id="", phase=SUCCESS, reason="exit", started_unix_s=at_unix_s)
    for number in range(60):
        store.outbox.owe(end.replace(run_id=str(number), finished_unix_s=at_unix_s), [address])

    assert len(flush(cronwrap)) == 60
    listed = flush(cronwrap, "--list")

    assert {row["run_id"] for row in listed} == {str(number) for number in range(60)}
    assert {row["outcome"] for row in listed} == {"dropped"}


def test_an_endpoint_that_stays_down_does_not_hold_up_another(
    cronwrap: Cronwrap, httpd: Httpd, serve: Serve
) -> None:
    other_httpd = serve()
    httpd.always = other_httpd.always = answer(503)
    for code in (1, 2):
        run(cronwrap, "x", "-e", webhook(httpd), "-e", webhook(other_httpd), code=code)
    httpd.received.clear()
    come_up(other_httpd)

    outcomes = [row["outcome"] for row in flush(cronwrap)]

    assert sorted(outcomes) == ["accepted", "accepted", "undelivered"]
    assert [event["exit_status"] for event in events(other_httpd)] == [1, 2]
    assert {event["exit_status"] for event in events(httpd)} == {1}  # 2 waits for it
    assert len(owed(cronwrap)) == 2


def test_after_a_try_in_vain_runs_wait_before_the_next_and_flush_does_not(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.always = answer(503)
    run(cronwrap, "x", "-e", webhook(httpd))
    cronwrap("-c", "other", "--", "true")
    come_up(httpd)

    cronwrap("-c", "other", "--", "true")
    assert httpd.received == []

    flush(cronwrap)
    assert len(httpd.received) == 1


def test_what_was_rejected_is_not_sent_again(cronwrap: Cronwrap, httpd: Httpd) -> None:
    httpd.always = answer(404)
    run(cronwrap, "x", "-e", webhook(httpd))
    come_up(httpd)

    assert flush(cronwrap) == []
    assert httpd.received == []


def test_an_endpoint_is_looked_up_again_when_it_is_told(
    cronwrap: Cronwrap, httpd: Httpd, serve: Serve
) -> None:
    other_httpd = serve()
    httpd.always = answer(503)
    cronwrap.write_config(f'[endpoints.ops]\nservice = "webhook"\nurl = "{httpd.url}/hook"\n')
    run(cronwrap, "x", "-e", "ops")
    httpd.received.clear()

    cronwrap.write_config(f'[endpoints.ops]\nservice = "webhook"\nurl = "{other_httpd.url}/hook"\n')
    flush(cronwrap)

    assert (len(httpd.received), len(other_httpd.received)) == (0, 1)


def test_an_end_for_an_endpoint_that_is_misspelt_is_told_when_that_is_mended(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    run(cronwrap, "x", "-e", "ops")
    (row,) = flush(cronwrap)
    assert (row["outcome"], row["why"]) == ("undelivered", "there is no endpoint 'ops'")

    cronwrap.write_config(f'[endpoints.ops]\nservice = "webhook"\nurl = "{httpd.url}/hook"\n')
    flush(cronwrap)

    assert events(httpd)[0]["check"] == "x"


def test_variables_that_say_where_to_report_are_remembered(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    cronwrap.write_config('[endpoints.chat]\nservice = "slack"\n')
    httpd.always = answer(503)
    words = ("-c", "x", *SOON, "-e", "chat", "--", "false")
    cronwrap(*words, env={"SLACK_WEBHOOK_URL": f"{httpd.url}/services/T0/B0/XX"})
    httpd.received.clear()
    httpd.always = answer(200, b"ok")

    (row,) = flush(cronwrap)

    assert row["outcome"] == "accepted"
    assert [request.path for request in httpd.received] == ["/services/T0/B0/XX"]


def test_variables_that_say_where_to_report_are_known_of_a_run_that_was_cut_off(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    cronwrap.write_config('[endpoints.chat]\nservice = "slack"\n')
    httpd.always = answer(200, b"ok")
    where = {"SLACK_WEBHOOK_URL": f"{httpd.url}/services/T0/B0/XX"}
    running = cronwrap.start("-c", "x", "-e", "chat", "--", "sleep", "60", env=where)
    (record,) = eventually(lambda: list((cronwrap.state_dir / "runs").glob("*.run")))
    eventually(lambda: b"'environ': " in record.read_bytes())
    os.kill(running.pid, signal.SIGKILL)
    running.process.wait()

    def told() -> bool:
        flush(cronwrap)
        return len(httpd.received) == 1

    eventually(told)
    assert b"x was cut off" in httpd.received[0].body


def test_of_two_flushers_at_once_one_sends(cronwrap: Cronwrap, httpd: Httpd) -> None:
    httpd.always = answer(503)
    for _ in range(3):
        run(cronwrap, "x", "-e", webhook(httpd))
    come_up(httpd)

    running = [cronwrap.start("flush") for _ in range(3)]
    for one in running:
        one.wait()
    flush(cronwrap)

    assert len(events(httpd)) == 3


def test_twenty_runs_at_once_are_all_told_once(cronwrap: Cronwrap, httpd: Httpd) -> None:
    httpd.always = answer(503)
    running = [
        cronwrap.start("-c", f"c{n}", *SOON, "-e", webhook(httpd), "--", "true") for n in range(20)
    ]
    for one in running:
        one.wait()
    come_up(httpd)

    def all_told() -> bool:
        flush(cronwrap)
        return len(events(httpd)) >= 20

    eventually(all_told, 60)
    flush(cronwrap)
    assert sorted(event["check"] for event in events(httpd)) == sorted(f"c{n}" for n in range(20))


def test_secrets_of_the_address_are_for_the_owner_alone(cronwrap: Cronwrap, httpd: Httpd) -> None:
    httpd.always = answer(503)
    done = run(cronwrap, "x", "-e", f"webhook+{httpd.url}/hook/t0psecret")
    flush(cronwrap)

    shown = [cronwrap("flush", "--list").stdout, cronwrap("history", "--json").stdout, done.stderr]
    assert not any("t0psecret" in one for one in shown)
    for path in cronwrap.state_dir.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.parametrize("kill_group", [False, True], ids=["the wrapper", "all its processes"])
def test_a_run_that_is_killed_at_any_time_is_told_as_ended_or_as_lost(
    cronwrap: Cronwrap,
    httpd: Httpd,
    kill_group: bool,  # noqa: FBT001 - a parameter
) -> None:
    """Once, but for what was killed between the answer and writing it down: that is told twice."""
    count = 16
    marks = cronwrap.directory / "marks"
    marks.mkdir()
    for number in range(count):
        running = cronwrap.start(
            "-c", f"c{number}", "-e", webhook(httpd), "--", "touch", marks / f"c{number}"
        )
        limit_s = time.monotonic() + 0.018 * number
        while time.monotonic() < limit_s and running.process.poll() is None:
            time.sleep(0.001)
        with contextlib.suppress(ProcessLookupError):  # it was faster
            (os.killpg if kill_group else os.kill)(running.pid, signal.SIGKILL)
        running.process.wait()

    def settled() -> bool:
        flush(cronwrap)
        left = (cronwrap.state_dir / "runs").glob("*.run")
        # One that was killed before it wrote a word is looked at for an hour.
        return not any(path.stat().st_size for path in left) and not owed(cronwrap)

    eventually(settled, 40)
    ends = [event for event in events(httpd) if event["phase"] in {"success", "fail"}]
    told = {event["check"] for event in ends}
    started = {event["check"] for event in events(httpd) if event["phase"] == "start"}
    recorded = {path.name for path in marks.iterdir()} & _recorded(cronwrap.state_dir)
    assert started | recorded <= told
    assert {event["phase"] for event in ends if event["reason"] == "lost"} <= {"fail"}
    assert len({(event["run_id"], event["phase"]) for event in ends}) == len(told)
    if not kill_group:
        assert len(ends) == len(told)


def _recorded(state_dir: Path) -> set[str]:
    path = state_dir / "history.sqlite3"
    if not path.exists():  # none came so far, on a busy machine
        return set()
    database = sqlite3.connect(path)
    return {name for (name,) in database.execute("SELECT check_name FROM runs")}


def test_a_run_that_was_cut_off_is_reported_by_the_next_run(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    running = cronwrap.start("-c", "cut", "-e", webhook(httpd), "--", "sleep", "1000")
    eventually(lambda: [event["phase"] for event in events(httpd)] == ["start"])
    os.kill(running.pid, signal.SIGKILL)
    running.process.wait()

    def told() -> bool:
        cronwrap("-c", "other", "--", "true")
        return len(events(httpd)) > 1

    eventually(told)

    start, end = events(httpd)
    assert end["run_id"] == start["run_id"]
    assert (end["phase"], end["reason"], end.get("exit_status")) == ("fail", "lost", None)
    assert "cronwrap itself was killed" in end["detail"]
    assert "cut was cut off" in end["summary"]
