"""Pings and wrappers: what each rule must leave alone, and what its fix makes of a line."""

import pytest

from tests.lint.asking import findings, finds, fixed

URL = "https://hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c"
OTHER = "https://hc-ping.com/2b9e7d10-77c3-4f0a-8e55-9d3c1b2a4f6e"


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("CW507", f"[ -e /run/ok ] && curl {URL}"),
        ("CW507", f"df -h | curl --data-binary @- {URL}"),
        ("CW507", f"python3 /x.py --ping {URL}"),
        ("CW508", f"curl {URL}/start; /x"),
        ("CW508", f"curl {URL}/start || true; /x"),
        ("CW510", f"/x && curl {URL} || logger failed"),
        ("CW511", f"curl -fsSm 10 {URL}"),
        ("CW511", f"curl -fsSm10 {URL}"),
        ("CW511", f"curl --max-time 10 {URL}"),
        ("CW511", f"curl -K /etc/ping.conf {URL}"),
        ("CW511", f"timeout 20 curl {URL}"),
        ("CW511", f"timeout -k 5 20 nice curl {URL}"),
        ("CW511", f"wget --timeout=10 {URL}"),
        ("CW511", "curl -O https://example.com/big.tar.gz"),
        ("CW512", f"curl --fail {URL}"),
        ("CW512", f"curl -sSf {URL}"),
        ("CW512", f"curl -so /dev/null -w '%{{http_code}}' {URL}"),
        ("CW512", f"wget -q {URL}"),
        ("CW516", "curl https://hc-ping.com/$UUID"),
        ("CW516", "curl https://hc-ping.com/${PING_KEY}/nightly"),
        ("CW516", "curl https://hc-ping.com/{{ uuid }}"),
        ("CW516", "curl https://nosnch.in/c2354d53d2?m=your"),
        ("CW517", "curl https://example.com/?a=1 & wait"),
        ("CW517", "curl 'https://example.com/?a=1&b=2'"),
        ("CW517", "/x & /y"),
        ("CW520", "cronwrap --check a -- /a && cronwrap --check b -- /b"),
        ("CW520", f"cronwrap --check a -- /a && curl {URL}"),
        ("CW520", "cronwrap --check a -- /a || /notify"),
        ("CW520", "cronwrap --check a -- /a; /b"),
        ("CW520", "cd /srv && cronwrap --check a -- /a"),
        ("CW520", "cronwrap --check a -- sh -c '/a && /b'"),
        ("CW520", "cronwrap --check a -- /a 2>&1 | tee -a /var/log/a"),
        ("CW520", "cronitor exec d3x0 /a > /var/log/a 2>&1"),
        ("CW521", "cronwrap flush"),
        ("CW521", "cronwrap status --json"),
        ("CW521", "cronwrap -- /usr/local/bin/backup"),
        ("CW521", "cronwrap run -c a --timeout=1h -v -- python3 x.py"),
        ("CW521", 'cronwrap --check a --timeout "$LIMIT" -- /x'),
        ("CW521", "cronwrap $OPTIONS -- /x"),
        ("CW521", "CRONWRAP_CHECK=a cronwrap -- python3 x.py"),
        ("CW521", "cronitor exec d3x0 /a"),
        ("CW523", "/x > /dev/null"),
        ("CW523", "/x 2> /dev/null"),
        ("CW523", "/x 2>&1 > /dev/null"),
        ("CW523", "/x > /dev/null 2>&1 || logger x failed"),
        ("CW523", "/x > /dev/null 2>&1; echo $? > /run/x.status"),
        ("CW523", f"/x > /dev/null 2>&1 && curl {URL}"),
        ("CW523", "cronwrap --check x -- /x > /dev/null 2>&1"),
        ("CW523", "command -v x > /dev/null 2>&1 && x"),
        ("CW523", "which x > /dev/null 2>&1 || exit 0; /x"),
        ("CW523", "if pidof x > /dev/null 2>&1; then /y; fi"),
        ("CW523", "sleep 5 > /dev/null 2>&1; /y"),
    ],
)
def test_what_is_right_is_left_alone(code: str, command: str) -> None:
    assert not finds(code, command)


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("CW511", f"curl --connect-timeout 10 {URL}"),
        ("CW511", f"curl -o -m {URL}"),
        ("CW516", "curl 'https://hc-ping.com/<uuid>'"),
        ("CW516", "curl https://hc-ping.com/<uuid>"),
        ("CW516", "curl https://hc-ping.com/00000000-0000-0000-0000-000000000000"),
        ("CW516", "curl https://hc-ping.com/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx/start"),
        ("CW516", "curl https://cronitor.link/p/YOUR_API_KEY/backup"),
        ("CW520", "cronwrap --check a -- /dump | gzip > /b.gz"),
        ("CW520", "nice cronwrap --check a -- /a && cd / && /b"),
        ("CW520", "runitor -uuid 8f1d2c3e -- /a && /b"),
        ("CW520", "cronitor exec d3x0 /a && /b"),
        ("CW521", "cronwrap --check a"),
        ("CW521", "cronwrap --check a --kill-after soon -- /x"),
        ("CW521", "cronwrap --check a --success-codes 0,a -- /x"),
        ("CW521", "cronwrap -- /usr/bin/python3 x.py"),
        ("CW521", "cronitor exec /a"),
        ("CW523", "/x >> /dev/null 2>&1"),
        ("CW523", "/x > /dev/null 2> /dev/null"),
        ("CW523", "cd /srv && /x > /dev/null 2>&1"),
        ("CW523", "[ -x /x ] && /x > /dev/null 2>&1"),
        ("CW523", "(/a; /b) > /dev/null 2>&1"),
        ("CW523", "sh -c '/x > /dev/null 2>&1'"),
        ("CW523", "if [ -x /x ]; then /x > /dev/null 2>&1; fi"),
    ],
)
def test_what_is_wrong_is_found(code: str, command: str) -> None:
    assert finds(code, command)


@pytest.mark.parametrize(
    ("code", "command", "wanted"),
    [
        ("CW501", f"/x; curl {URL}", f"/x && curl {URL}"),
        ("CW505", f"/x & curl {URL}", f"/x && curl {URL}"),
        ("CW508", f"curl {URL}/start && /x", f"curl {URL}/start; /x"),
        ("CW510", f"/x && curl {URL} || curl {URL}/fail", f"/x; curl {URL}/$?"),
        ("CW510", f'/x && curl "{URL}" -m 9 || curl {URL}/fail', f'/x; curl "{URL}/$?" -m 9'),
        ("CW511", f"curl -f {URL}", f"curl -m 10 -f {URL}"),
        ("CW511", f"wget -t 2 {URL}", f"wget -T 10 -t 2 {URL}"),
        ("CW512", f"curl -s {URL}", f"curl -fS -s {URL}"),
        ("CW517", "curl https://a.b/?a=1&b=$?&c= -s", 'curl "https://a.b/?a=1&b=$?&c=" -s'),
        (
            "CW520",
            "cronwrap --check a -- /a && /b; /c",
            "cronwrap --check a -- sh -c '/a && /b'; /c",
        ),
        (
            "CW520",
            "cronwrap --check a -- /dump | gzip > /b.gz",
            "cronwrap --check a -- bash -o pipefail -c '/dump | gzip > /b.gz'",
        ),
    ],
)
def test_a_fix_says_what_was_meant(code: str, command: str, wanted: str) -> None:
    assert fixed(code, command) == wanted


def test_one_check_for_two_jobs_is_told_with_the_line_of_the_other() -> None:
    text = f"0 3 * * * /a && curl {URL}\n0 4 * * * /b; curl '{URL}?x=1'\n"

    assert "line 1 " in findings("CW515", text)[0].found.message


@pytest.mark.parametrize(
    "second",
    [
        f"/a && curl {URL}",
        f"/b && curl {OTHER}",
        f"/b; curl {URL}/start",
        f"[ -e /run/ok ] || curl {URL}/fail",
        "cronwrap --check b -- /b",
    ],
)
def test_the_same_job_and_other_checks_are_no_shared_check(second: str) -> None:
    assert findings("CW515", f"0 3 * * * /a && curl {URL}\n0 4 * * * {second}") == []


def test_two_jobs_under_one_name_of_a_wrapper_share_a_check() -> None:
    text = "0 3 * * * cronwrap --check a -- /a\n0 4 * * * cronwrap -c a -t 5m -- /b"

    assert len(findings("CW515", text)) == 1
    assert findings("CW515", text.replace("/b", "/a")) == []


def test_a_mistake_about_reporting_weighs_less_than_one_that_keeps_the_job_from_running() -> None:
    told = "0 3 * * * cronwrap --check a --report-budget soon -- /x"
    stopped = "0 3 * * * cronwrap --check a --timeout soon -- /x"

    assert [one.severity for one in findings("CW521", told)] == ["warning"]
    assert [one.severity for one in findings("CW521", stopped)] == ["error"]


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("CW510", f"/x && curl {URL} || curl {OTHER}/fail"),
        ("CW510", f"/x && curl '{URL}' || curl {URL}/fail"),
        ("CW510", f"/x && curl {URL} || curl {URL}/fail || /y"),
        ("CW510", "/x && curl https://nosnch.in/a || curl https://nosnch.in/a/fail"),
        ("CW517", "sh -c 'curl https://a.b/?a=1&b=2'"),
        ("CW517", "curl https://a.b/?a=1&b='2'"),
        ("CW520", "cronwrap --check a -- /a 'x y' && /b"),
        ("CW520", "sh -c 'cronwrap --check a -- /a && /b'"),
    ],
)
def test_what_cannot_be_repaired_for_sure_is_only_told(code: str, command: str) -> None:
    (finding,) = findings(code, f"0 3 * * * {command}")

    assert finding.found.fix is None


@pytest.mark.parametrize(
    ("code", "command", "where"),
    [
        ("CW515", "cronwrap -c one -- /b", "one"),
        ("CW516", "curl https://hc-ping.com/<uuid>", "https://hc-ping.com/"),
        ("CW521", "cronwrap -c a --kill-after=soon -- /x", "--kill-after=soon"),
        ("CW521", "cronwrap -c a --chek b -- /x", "--chek"),
    ],
)
def test_a_finding_points_to_the_word_that_is_wrong(code: str, command: str, where: str) -> None:
    text = f"0 2 * * * cronwrap --check one -- /a\n0 3 * * * {command}"
    (finding,) = findings(code, text)

    assert text[finding.found.start : finding.found.end] == where


def test_output_thrown_away_in_the_way_of_bash_is_found() -> None:
    line = "0 3 * * * /x &> /dev/null"

    assert len(findings("CW523", f"SHELL=/bin/bash\n{line}")) == 1
    assert findings("CW523", f"SHELL=/bin/bash\n{line.replace('null', 'shm/x')}") == []


@pytest.mark.parametrize(
    "url",
    [
        "hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c",
        "https://www.hc-ping.com/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c",
        "HTTPS://HC-PING.COM/8f1d2c3e-5a64-4b7f-9c12-3d4e5f6a7b8c",
        "https://me:pw@cronitor.link/p/k/x",
        "https://status.example.com/api/push/Ab3kTz91Qx",
    ],
)
def test_the_address_of_a_monitor_is_known_in_all_its_spellings(url: str) -> None:
    assert finds("CW511", f"/x && curl -fsS {url}")


@pytest.mark.parametrize("url", ["https://example.com/hc-ping.com/x", "ftp://hc-ping.com/x", "x"])
def test_an_address_that_only_looks_like_a_monitor_s_is_no_ping(url: str) -> None:
    assert not finds("CW511", f"/x && curl -fsS {url}")
