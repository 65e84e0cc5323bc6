"""What of the output is reported: its end, whole lines, valid, and no more than is wanted."""

import json
import re
import sys

import pytest

from tests.support.command import Cronwrap
from tests.support.events import CHECK, healthchecks, last, webhook
from tests.support.httpd import Httpd, answer
from tests.support.observe import job

LIMIT_BYTES = 2000
NOT_UTF_8 = """
import sys
lines = [b"%06d \\xff\\xfe \\xe2\\x82\\xac \\xc3\\n" % number for number in range(8000)]
sys.stdout.buffer.write(b"".join(lines))
sys.exit(1)
"""


def test_the_limit_that_the_start_was_answered_with_holds_for_the_end(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    httpd.always = answer(200, b"OK", Ping_Body_Limit=LIMIT_BYTES)

    cronwrap("-c", "big", "-e", healthchecks(httpd.url), "--", *job("print_bytes.py", 50_000))

    assert LIMIT_BYTES - 100 < len(httpd.bodies[-1]) <= LIMIT_BYTES


def test_the_limit_is_remembered_for_the_next_run(cronwrap: Cronwrap, httpd: Httpd) -> None:
    hook = ("-c", "big", "-e", healthchecks(httpd.url))
    httpd.always = answer(200, b"OK", Ping_Body_Limit=LIMIT_BYTES)
    cronwrap(*hook, "--", "true")
    learned = cronwrap.state_dir / "learned.json"
    assert learned.stat().st_mode & 0o777 == 0o600
    assert CHECK.strip("/") not in learned.read_text()
    assert [*json.loads(learned.read_text()).values()] == [{"report_bytes": str(LIMIT_BYTES)}]

    httpd.always = 200  # says nothing of a limit
    cronwrap(*hook, "--", *job("print_bytes.py", 50_000))

    assert LIMIT_BYTES - 100 < len(httpd.bodies[-1]) <= LIMIT_BYTES


def test_a_damaged_memory_of_limits_is_forgotten(cronwrap: Cronwrap, httpd: Httpd) -> None:
    cronwrap.state_dir.mkdir(mode=0o700)
    learned = cronwrap.state_dir / "learned.json"
    learned.write_text('{"half')
    httpd.always = answer(200, b"OK", Ping_Body_Limit=LIMIT_BYTES)

    done = cronwrap("-e", healthchecks(httpd.url), "--", "true")

    assert (done.stderr, len(httpd.received)) == ("", 2)
    assert json.loads(learned.read_text())


@pytest.mark.parametrize("limit_bytes", [10_000, 9_999, 100_000, 3_001])
def test_150_kb_that_are_no_utf_8_end_in_a_valid_report(
    cronwrap: Cronwrap, httpd: Httpd, limit_bytes: int
) -> None:
    httpd.always = answer(200, b"OK", Ping_Body_Limit=limit_bytes)
    print_it = [sys.executable, "-I", "-S", "-c", NOT_UTF_8]

    cronwrap("-c", "x", "--tail-bytes", "200k", "-e", healthchecks(httpd.url), "--", *print_it)

    body = httpd.bodies[-1]
    assert limit_bytes - 100 < len(body) <= limit_bytes
    lines = body.decode("utf-8").splitlines()
    assert lines[0].startswith("x failed: exit status 1")
    first = next(number for number, line in enumerate(lines) if line.startswith("last "))
    assert re.fullmatch(r"last [\d,]+ of 128,000 bytes of output:", lines[first])
    assert all(re.fullmatch("[0-9]{6} \ufffd\ufffd € \ufffd", line) for line in lines[first + 1 :])
    assert lines[-1].startswith("007999 ")


def test_short_output_is_reported_whole(cronwrap: Cronwrap, httpd: Httpd) -> None:
    cronwrap("-e", webhook(httpd), "--", "printf", "one\ntwo\n")

    end = last(httpd)
    assert (end["output"], end["output_bytes"]) == ("one\ntwo\n", 8)


def test_short_output_with_a_secret_is_reported_whole_but_for_the_secret(
    cronwrap: Cronwrap, httpd: Httpd
) -> None:
    long_secret = "Zq3vK9pLm2Xw8Rt5" * 4
    text = f"login password={long_secret}\\nsecond line\\nthird line\\nfourth line\\n"

    cronwrap("-e", healthchecks(httpd.url), "--", "printf", text)

    said = httpd.bodies[-1].decode()
    assert "\nlogin password=[redacted: password]\nsecond line\n" in said
    assert "\nlast " not in said
    assert said.endswith("fourth line\n")


def test_the_end_of_the_output_may_stay_at_home(cronwrap: Cronwrap, httpd: Httpd) -> None:
    cronwrap("--no-output-in-report", "-e", webhook(httpd), "--", "echo", "private")

    assert last(httpd)["phase"] == "success"
    assert last(httpd).get("output", "") == ""
    assert last(httpd)["output_bytes"] == 8


def test_an_error_is_not_pushed_out_by_much_other_output(cronwrap: Cronwrap, httpd: Httpd) -> None:
    text = f"echo why it failed >&2; {' '.join(job('print_bytes.py', 400_000))}; exit 1"

    cronwrap("-e", webhook(httpd), "--", "sh", "-c", text)

    said, *lines = last(httpd)["output"].splitlines()
    assert said == "why it failed"
    assert lines[-1] == f"{24_999:015}"
    assert all(re.fullmatch("[0-9]{15}", line) for line in lines)


def test_the_tail_is_as_long_as_was_asked_for(cronwrap: Cronwrap, httpd: Httpd) -> None:
    cronwrap("--tail-bytes", "1600", "-e", webhook(httpd), "--", *job("print_bytes.py", 160_000))

    lines = last(httpd)["output"].splitlines()
    assert lines == [f"{number:015}" for number in range(9901, 10_000)]  # 100 with the one cut in
    assert last(httpd)["output_bytes"] == 160_000
