"""Which pings prove something, and which do not: each line with all that is found of its pings."""

import pytest

from cronwrap.lint import linter
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.rule import catalogue

RULES = [rule for rule in catalogue() if rule.code in {f"CW{number}" for number in range(501, 511)}]
URL = "https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c"
WORDS = {
    "PING": "",
    "START": "/start",
    "FAIL": "/fail",
    "LOG": "/log",
    "STATUS": "/$?",
    "RC": "/$rc",
}


def codes(command: str, *above: str) -> set[str]:
    for word, path in WORDS.items():
        command = command.replace(f"<{word}>", f"curl -fsS -m 10 --retry 5 {URL}{path}")
    file = Crontab("\n".join([*above, f"0 3 * * * {command}", ""]).encode())
    return {finding.rule.code for finding in linter.lint([file], RULES)}


@pytest.mark.parametrize(
    "command",
    [
        "/x && <PING>",
        "/x && <PING> > /dev/null 2>&1",
        "cd /srv && /x && <PING>",
        "cd /srv && /x; <STATUS>",
        "<START>; /x; <STATUS>",
        "<START>; /x && <PING>",
        "<START> > /dev/null; /x; <STATUS> > /dev/null",
        "m=$(/x 2>&1); curl -fsS -m 10 --data-raw \"$m\" " + URL + "/$?",
        "/x; rc=$?; logger done; <RC>",
        "/x; rc=$?; [ $rc -eq 24 ] && rc=0; <RC>",
        "/x || exit 1; <PING>",
        "/x || { <FAIL>; exit 1; }; <PING>",
        "if /x; then <PING>; else <FAIL>; fi",
        "/x; if [ $? -eq 0 ]; then <PING>; fi",
        "/x; [ $? -eq 0 ] && <PING>",
        "/x || <FAIL>",
        "/x &> f; <PING>",
        "until /x; do sleep 60; done; <PING>",
        "while ! /x; do sleep 60; done; <PING>",
        "(/x; /y) && <PING>",
        "(/x; true | /y) && <PING>",
        "/x && <PING>; curl -fsS -m 10 https://nosnch.in/c2354d53d2",
        "set -e; /x; <PING>",
        "bash -ec '/x; <PING>'",
        "set -eu; /x; cd /; <PING>",
        "/x; <LOG>",
        "sleep 30; /x && <PING>",
        "[ -x /x ] && /x && <PING>",
        "test -x /x || exit 0; /x && <PING>",
        "flock -n /run/l sh -c '/x && <PING>'",
        "echo yes | /x && <PING>",
        "cat /etc/list | sort | /x && <PING>",
        "set -o pipefail; /dump | gzip > f && <PING>",
        "bash -o pipefail -c '/dump | gzip > f' && <PING>",
        "/a || /b && <PING>",
        "/x && echo ok && <PING>",
        "/x && <PING>; rm -f /run/tmp.x",
        "/x & /y & wait; logger done",
        "/x; curl -fsS -m 10 \"https://cronitor.link/p/k/x?state=complete&status_code=$?\"",
        "/x && s=complete || s=fail; curl -fsS -m 10 \"https://cronitor.link/p/k/x?state=$s\"",
        "/x; wget -q -T 10 https://example.com/ping",
        "rsync -a /a /b && curl -fsS -m 10 https://nosnch.in/c2354d53d2",
    ],
)  # fmt: skip
def test_a_line_whose_ping_tells_of_its_job_is_right(command: str) -> None:
    assert codes(command) == set()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("/x; <PING>", "CW501"),
        ("cd /srv && /x; <PING>", "CW501"),
        ("/x >> /var/log/x 2>&1; timeout 20 <PING>", "CW501"),
        ("/x; echo done && <PING>", "CW501"),
        ("sh -c '/x; <PING>'", "CW501"),
        ("(/x; <PING>)", "CW501"),
        ("for d in a b; do /x $d; done; <PING>", "CW501"),
        ("/x || true; <PING>", "CW501"),
        ("/x || <FAIL>; <PING>", "CW501"),
        ("while read d; do /x $d; done < /dirs; <PING>", "CW501"),
        ("<START>; /x; <PING>", "CW501"),
        ("/x; /usr/bin/wget -qO- -T 10 https://nosnch.in/c2354d53d2", "CW501"),
        (f"/x; python3 -c \"import urllib.request as u; u.urlopen('{URL}')\"", "CW501"),
        ("<PING> && /x", "CW502"),
        ("<PING>; /x", "CW502"),
        ("cd /srv && <PING>; /x", "CW502"),
        ("<PING> & /x", "CW502"),
        ("/x || true && <PING>", "CW503"),
        ("/x || echo failed && <PING>", "CW503"),
        ("/x || : && cd / && <PING>", "CW503"),
        ("/x || <FAIL> && <PING>", "CW503"),
        ("(cd /; true) && <PING>", "CW507"),
        ("(/x; true) && <PING>", "CW503"),
        ("(/x || true) && <PING>", "CW503"),
        ("sh -c '/x; true' && <PING>", "CW503"),
        ("! /x && <PING>", "CW503"),
        ("/x || true; <STATUS>", "CW503"),
        ("/dump | gzip > f && <PING>", "CW504"),
        ("/dump | gzip > f; <STATUS>", "CW504"),
        ("/dump | gzip > f; rc=$?; <RC>", "CW504"),
        ("/dump | logger; cd /; <STATUS>", "CW504"),
        ("m=$(/x); <PING>", "CW501"),
        ("sh -c '/dump | gzip > f && <PING>'", "CW504"),
        ("/x 2>&1 | logger -t x && <PING>", "CW504"),
        ("/x 2>&1 | <PING> --data-binary @-", "CW504"),
        ("/x & <PING>", "CW505"),
        ("/x & <STATUS>", "CW505"),
        ("nohup /x & <PING>", "CW505"),
        ("(/x &) && <PING>", "CW505"),
    ],
)
def test_a_ping_that_proves_nothing_is_found(command: str, code: str) -> None:
    assert codes(command) == {code}


def test_the_url_of_a_ping_may_stand_in_a_variable() -> None:
    assert codes("/x; curl -fsS -m 10 $U", f"U={URL}") == {"CW501"}
    assert codes(f'U={URL}; /x; curl -fsS -m 10 "$U"') == {"CW501"}
    assert codes("curl -fsS -m 10 $U/start; /x; curl -fsS -m 10 $U/$?", f"U={URL}") == set()


def test_what_the_line_itself_gives_a_variable_counts() -> None:
    assert codes('U=https://example.com/x; /x; curl -fsS -m 10 "$U"', f"U={URL}") == set()
    assert codes(f'U={URL}; /x; curl -fsS -m 10 "$U"', "U=https://example.com/x") == {"CW501"}


def test_a_ping_behind_a_job_and_its_helpers_does_not_come_first() -> None:
    assert codes("/x; logger done; <PING>; /y") == {"CW501"}
