"""Many at once, as at the full hour: each job runs, and each event arrives."""

from collections import Counter

from tests.support.command import UNMEASURED, Cronwrap
from tests.support.events import events, webhook
from tests.support.httpd import Httpd

MANY = 50


def test_fifty_at_once(cronwrap: Cronwrap, httpd: Httpd) -> None:
    hook = ("--report-budget", "60s", "-e", webhook(httpd))
    all_of_them = [
        cronwrap.start("-c", f"job-{number}", *hook, "--", "echo", f"{number}", env=UNMEASURED)
        for number in range(MANY)
    ]

    for number, running in enumerate(all_of_them):
        done = running.wait()
        assert (done.returncode, done.stdout, done.stderr) == (0, f"{number}\n", "")

    told = events(httpd)
    assert Counter(event["phase"] for event in told) == {"start": MANY, "success": MANY}
    assert len({event["run_id"] for event in told}) == MANY
    ended = {event["check"] for event in told if event["phase"] == "success"}
    assert ended == {f"job-{number}" for number in range(MANY)}
