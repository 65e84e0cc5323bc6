"""What counts as success: each rule with both of its verdicts, and which rule comes first."""

from typing import Any

import pytest

from cronwrap.run.verdict import parse_codes, parse_expectation
from tests.support.command import Cronwrap
from tests.support.events import last, recorded, webhook
from tests.support.httpd import Httpd
from tests.support.waiting import eventually

SUCCESS, FAIL, SKIPPED = ("success", "exit"), ("fail", "exit"), ("log", "exit")
OUTPUT = ("fail", "output")


def verdict(cronwrap: Cronwrap, options: str, job: str) -> tuple[str, str]:
    """Run the shell script *job* with *options*, and return phase and reason of its end."""
    done = cronwrap(*options.split(), "--", "sh", "-c", job)
    end = recorded(cronwrap)
    assert done.returncode == end["exit_status"]
    return end["phase"], end["reason"]


def report(*lines: str) -> str:
    """Return a script that writes *lines* to the file that the job may report in."""
    return "".join(f'echo "{line}" >>"$CRONWRAP_REPORT"; ' for line in lines)


@pytest.mark.parametrize(
    ("options", "good", "bad"),
    [
        ("--success-codes 0,24", "exit 24", "exit 23"),
        ("--success-codes 0,20-29", "exit 29", "exit 30"),
        ("--success-codes 24", "exit 24", "exit 0"),
        ("--success-codes 0 --success-codes 3", "exit 3", "exit 1"),
        ("--warn-codes 24", "exit 24", "exit 23"),
    ],
)
def test_an_exit_status_is_judged_by_the_lists(
    cronwrap: Cronwrap, options: str, good: str, bad: str
) -> None:
    assert verdict(cronwrap, options, good) == SUCCESS
    assert verdict(cronwrap, options, bad) == FAIL


@pytest.mark.parametrize(
    ("options", "good", "bad"),
    [
        ("--fail-if ERR", "echo fine", "echo an ERR here"),
        ("--fail-if ERR", "echo fine >&2", "echo an ERR here >&2"),
        ("--fail-if ERR --fail-if FATAL", "echo fine", "echo FATAL"),
        ("--fail-unless ^done$", "echo working; echo done", "echo working; echo undone"),
        ("--fail-unless ^done$", "echo done >&2", "true"),
        ("--fail-unless a --fail-unless b", "echo a; echo b >&2", "echo a"),
        ("--fail-on-stderr", "echo out", "printf x >&2"),
        ("--fail-on-empty-output", "echo >&2", "true"),
        ("--expect rows>0", report("rows=1"), report("rows=0")),
        ("--expect rows==0", report("rows=0"), report("other=0")),
        ("--expect a>=1.5 --expect b<2", report("a=1.5", "b=1"), report("a=1.5", "b=2")),
        ("--expect rows!=0", report("rows=0", "rows=2"), report("rows=2", "rows=0")),
        ("", report("status=warn"), report("status=fail")),
    ],
)
def test_what_it_wrote_or_reported_is_judged_by_a_rule(
    cronwrap: Cronwrap, options: str, good: str, bad: str
) -> None:
    assert verdict(cronwrap, options, good) == SUCCESS
    assert verdict(cronwrap, options, bad) == OUTPUT


def test_a_job_that_was_too_short_has_failed(cronwrap: Cronwrap) -> None:
    assert verdict(cronwrap, "--min-duration 1ms", "sleep 0.01") == SUCCESS
    assert verdict(cronwrap, "--min-duration 1h", "true") == ("fail", "too_short")
    assert recorded(cronwrap)["detail"] == "it took less than 1 h (min-duration)"


@pytest.mark.parametrize(
    ("options", "job"),
    [
        ("--skip-codes 75", "exit 75"),
        ("--skip-codes 75 --success-codes 0-255 --warn-codes 75", "exit 75"),
        ("", report("status=skip")),
        ("--warn-codes 3", report("status=skip") + "exit 3"),
    ],
)
def test_a_job_that_says_so_was_skipped(cronwrap: Cronwrap, options: str, job: str) -> None:
    assert verdict(cronwrap, options, job) == SKIPPED
    assert recorded(cronwrap)["detail"] == "skipped by the job"


def test_a_skipped_run_need_not_do_what_a_run_does(cronwrap: Cronwrap) -> None:
    rules = (
        "--skip-codes 75 --fail-unless done --fail-on-stderr --fail-on-empty-output "
        "--expect rows>0 --min-duration 1h"
    )

    assert verdict(cronwrap, rules, "exit 75") == SKIPPED
    assert verdict(cronwrap, rules, "echo locked >&2; exit 75") == SKIPPED
    assert verdict(cronwrap, rules, "exit 0") == OUTPUT


def test_a_skip_does_not_take_back_a_plain_word_of_failure(cronwrap: Cronwrap) -> None:
    assert verdict(cronwrap, "--skip-codes 75 --fail-if ERR", "echo ERR; exit 75") == OUTPUT
    assert verdict(cronwrap, "--skip-codes 75", report("status=fail") + "exit 75") == OUTPUT
    assert verdict(cronwrap, "", report("status=skip") + "exit 3") == FAIL


@pytest.mark.parametrize(
    ("options", "job", "reason"),
    [
        ("-t 50ms", "sleep 60", "timeout"),
        ("", "kill -TERM $$", "signal"),
        ("", "kill -KILL $$", "signal"),
    ],
)
def test_what_did_not_end_by_itself_has_failed_whatever_the_rules_say(
    cronwrap: Cronwrap, options: str, job: str, reason: str
) -> None:
    rules = "--success-codes 0-255 --skip-codes 0-255 --fail-if ERR --min-duration 1h"

    assert verdict(cronwrap, f"{rules} {options}", report("status=skip") + job) == ("fail", reason)


@pytest.mark.parametrize(
    ("options", "job", "warning"),
    [
        ("--warn-codes 24", "exit 24", "exit status 24"),
        ("--warn-if slow", "echo a slow one", "it wrote 'a slow one' (warn-if 'slow')"),
        ("--warn-if slow", "echo fast", ""),
        ("", report("status=warn"), "the job reports a warning"),
        ("", report("note=half", "status=warn"), "the job reports a warning: half"),
        (
            "--warn-codes 1 --warn-if x",
            "echo x; exit 1",
            "exit status 1; it wrote 'x' (warn-if 'x')",
        ),
    ],
)
def test_a_success_to_look_at_has_a_warning(
    cronwrap: Cronwrap, options: str, job: str, warning: str
) -> None:
    assert verdict(cronwrap, options, job) == SUCCESS
    assert recorded(cronwrap)["warning"] == warning


def test_a_failure_is_not_warned_of_as_a_success_would_be(cronwrap: Cronwrap) -> None:
    verdict(cronwrap, "--warn-codes 24 --fail-if ERR", "echo ERR; exit 24")

    end = recorded(cronwrap)
    assert (end["phase"], end["warning"]) == ("fail", "")


def test_the_detail_says_all_that_is_wrong(cronwrap: Cronwrap) -> None:
    rules = "--fail-on-stderr --fail-on-empty-output --expect rows>0 --fail-unless ^ok$"
    verdict(cronwrap, f"{rules} --expect bad<1", "printf x >&2; " + report("bad=2.5"))

    assert recorded(cronwrap)["detail"] == (
        "nothing that it wrote matches fail-unless '^ok$'; "
        "it wrote to standard error (fail-on-stderr); "
        "it did not report rows (expect rows>0); bad is 2.5 (expect bad<1)"
    )


@pytest.mark.parametrize(
    ("options", "job", "status"),
    [
        ("--success-codes 0,24", "exit 24", 0),
        ("--skip-codes 75", "exit 75", 0),
        ("--fail-if ERR", "echo ERR", 1),
        ("--fail-if ERR --success-codes 24", "echo ERR; exit 24", 24),
        ("", "exit 3", 3),
        ("", "kill -TERM $$", 143),
        ("-t 50ms", "sleep 60", 124),
        ("--stall-timeout 50ms --stall-action end", "sleep 60", 124),
        ("", "true", 0),
    ],
)
def test_a_strict_exit_status_is_the_verdict(
    cronwrap: Cronwrap, options: str, job: str, status: int
) -> None:
    done = cronwrap("--strict-exit", *options.split(), "--", "sh", "-c", job)

    assert done.returncode == status


def test_a_failure_that_the_exit_status_does_not_show_is_told(cronwrap: Cronwrap) -> None:
    done = cronwrap("-c", "x", "--fail-if", "ERR", "--", "echo", "an ERR")

    told = "cronwrap: check x: the run has failed: it wrote 'an ERR' (fail-if 'ERR')\n"
    assert (done.returncode, done.stderr) == (0, told)


def test_held_back_output_is_shown_when_a_rule_makes_it_a_failure(cronwrap: Cronwrap) -> None:
    held = ("--output", "on-failure", "--fail-if", "ERR", "--", "echo")

    assert cronwrap(*held, "an ERR").stdout == "an ERR\n"
    assert cronwrap(*held, "fine").stdout == ""


def test_an_endpoint_is_told_all_of_it(cronwrap: Cronwrap, httpd: Httpd) -> None:
    job = report("note=from mirror 2", "rows=0", "share=12.5") + "echo TOKEN=sk_live_0123456789abc"
    rules = ("--expect", "rows>0", "--warn-if", "TOKEN")

    cronwrap("-c", "x", "-e", webhook(httpd), *rules, "--", "sh", "-c", job)

    end = last(httpd)
    assert (end["phase"], end["reason"], end["exit_status"]) == ("fail", "output", 0)
    assert end["detail"] == "rows is 0 (expect rows>0)"
    assert end["note"] == "from mirror 2"
    assert end["metrics"] == {"rows": 0, "share": 12.5}
    assert "sk_live" not in end["warning"]
    assert end["summary"].startswith("x failed after ")
    assert end["summary"].endswith(f": rows is 0 (expect rows>0); warning: {end['warning']}")


def test_no_secret_is_recorded(cronwrap: Cronwrap) -> None:
    secret = "hunter22"  # noqa: S105 - of nobody
    job = 'echo "it is $DB_PASSWORD"; echo "note=it is $DB_PASSWORD" >>"$CRONWRAP_REPORT"'
    rules = ("--fail-if", "it is", "--warn-if", "is")

    cronwrap(*rules, "--", "sh", "-c", job, env={"DB_PASSWORD": secret})

    end = recorded(cronwrap)
    assert secret not in repr(end)
    assert [end[name].count("[redacted") for name in ("detail", "warning", "note")] == [1, 1, 1]


def test_where_no_output_is_reported_no_line_of_it_is(cronwrap: Cronwrap) -> None:
    cronwrap("--no-output-in-report", "--fail-if", "ERR", "--", "echo", "an ERR here")

    assert recorded(cronwrap)["detail"] == "what it wrote matches fail-if 'ERR'"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--success-codes", "ok"], "success_codes 'ok' is not a list of exit statuses"),
        (
            ["--warn-codes", "9-3"],
            "warn_codes '9-3' has the range 9-3, which ends before it begins",
        ),
        (["--expect", "rows"], "expect 'rows' is not NAME, one of >= <= == != > <, and a number"),
        (["--min-duration", "5x"], "min_duration '5x' has the unknown unit 'x'"),
        (["--fail-if", "("], "option --fail-if: fail-if '(' is no regular expression: missing )"),
        (
            ["--fail-unless", "*"],
            "option --fail-unless: fail-unless '*' is no regular expression: nothing to repeat",
        ),
    ],
)
def test_a_mistake_in_a_rule_is_told_and_reported_and_the_job_runs(
    cronwrap: Cronwrap, options: list[str], problem: str
) -> None:
    done = cronwrap(*options, "--", "echo", "ran")

    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert problem in done.stderr
    end = recorded(cronwrap)
    assert (end["phase"], problem in end["warning"]) == ("success", True)


def test_a_mistake_in_an_expression_says_where_it_was_written(cronwrap: Cronwrap) -> None:
    done = cronwrap("-c", "x", "--", "true", config='[checks.x]\nwarn_if = "["')
    of_variable = cronwrap("-c", "x", "--", "true", env={"CRONWRAP_FAIL_IF": "("})

    wrong = "warn-if '[' is no regular expression"
    assert done.stderr.startswith(f"cronwrap: {cronwrap.config_file}: [checks.x]: {wrong}")
    wrong = "fail-if '(' is no regular expression"
    assert f"cronwrap: environment CRONWRAP_FAIL_IF: {wrong}" in of_variable.stderr
    assert f"environment CRONWRAP_FAIL_IF: {wrong}" in recorded(cronwrap)["warning"]


@pytest.mark.parametrize("option", ["--stall-timeout", "--stall-action"])
def test_a_mistake_in_what_may_end_the_job_stops_it(cronwrap: Cronwrap, option: str) -> None:
    done = cronwrap(option, "never", "--", "echo", "ran")

    assert (done.returncode, done.stdout) == (125, "")


def test_what_is_not_captured_is_not_judged_and_that_is_told(cronwrap: Cronwrap) -> None:
    rules = ("--fail-if", "x", "--fail-unless", "y", "--stall-timeout", "1ms", "--fail-on-stderr")

    done = cronwrap("--no-capture", *rules, "--fail-on-empty-output", "--", "echo", "x")

    assert (done.returncode, done.stdout) == (0, "x\n")
    problem = (
        "fail-if, fail-unless, fail-on-stderr, fail-on-empty-output, stall-timeout: "
        "not with --no-capture, which shows us nothing"
    )
    assert done.stderr.startswith(f"cronwrap: {problem}\n")
    end = recorded(cronwrap)
    assert (end["phase"], end["warning"]) == ("success", problem)


def test_rules_stand_in_the_file_and_in_the_environment_as_well(cronwrap: Cronwrap) -> None:
    config = """
    [checks.x]
    success_codes = [0, 24, "30-39"]
    fail_if = ["disk full", "out of memory"]
    fail_on_stderr = true
    expect = "rows >= 1"
    """
    job = report("rows=1")

    def phase(script: str, **env: str) -> Any:
        cronwrap("-c", "x", "--", "sh", "-c", job + script, config=config, env=env)
        return recorded(cronwrap)["phase"]

    assert phase("echo disk empty, full of memory; exit 33") == "success"
    assert phase("echo disk full") == "fail"
    assert phase("echo x >&2") == "fail"
    assert phase("echo a blank", CRONWRAP_FAIL_IF="a blank\nz") == "fail"
    assert phase("echo blank", CRONWRAP_FAIL_IF="a blank\nz") == "success"


def test_under_cron_what_goes_to_standard_error_is_still_known(cronwrap: Cronwrap) -> None:
    one_file = ["sh", "-c", 'exec "$@" 2>&1', "sh"]

    done = cronwrap("--fail-on-stderr", "--", "sh", "-c", "echo out; echo err >&2", via=one_file)

    assert sorted(done.stdout.splitlines())[1:] == ["err", "out"]
    assert recorded(cronwrap)["reason"] == "output"


def test_another_attempt_is_judged_by_what_it_did_itself(cronwrap: Cronwrap) -> None:
    first = 'echo ERR; echo rows=0 >>"$CRONWRAP_REPORT"; echo err >&2'
    second = 'echo rows=5 >>"$CRONWRAP_REPORT"'
    rules = "--fail-if ERR --fail-on-stderr --fail-on-empty-output --expect rows>0"
    again = f"--retries 1 --retry-delay 1ms {rules}"

    cured = f"[ $CRONWRAP_RUN_ATTEMPT = 1 ] && {{ {first}; exit; }}; echo ok; {second}"
    assert verdict(cronwrap, again, cured) == SUCCESS
    end = recorded(cronwrap)
    assert (end["attempts"], end["metrics"]) == (2, {"rows": 5})

    worse = f"[ $CRONWRAP_RUN_ATTEMPT = 1 ] && {{ echo ERR; {second}; exit; }}; echo ok"
    assert verdict(cronwrap, again, worse) == OUTPUT
    assert "it did not report rows (expect rows>0)" in recorded(cronwrap)["detail"]


def test_a_daemon_that_a_failed_but_finished_job_leaves_is_left_alone(cronwrap: Cronwrap) -> None:
    left = "echo ERR; (trap '' PIPE; sleep 0.3; echo more; echo alive >alive) & exit 0"

    done = cronwrap("--fail-if", "ERR", "--", "sh", "-c", left)

    assert done.returncode == 0
    alive = cronwrap.directory / "alive"
    eventually(alive.exists)


@pytest.mark.parametrize("text", ["", "x", "-1", "1-", "256", "1,,2", "1;2", "٣", "5-1", "0x1"])
def test_what_is_no_list_of_exit_statuses_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"exit statuses|range"):
        parse_codes(text)


@pytest.mark.parametrize(
    "text",
    ["", "rows", "rows=1", "rows>", ">1", "rows>x", "rows>nan", "ro ws>1", "rows=>1", "a>1>2"],
)
def test_what_is_no_expectation_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not NAME"):
        parse_expectation(text)


def test_an_expression_that_is_none_is_found_before_any_run(cronwrap: Cronwrap) -> None:
    config = '[checks.x]\nfail_if = "("'

    checked = cronwrap("config", "check", config=config)
    dry = cronwrap("--dry-run", "-c", "x", "--", "true", config=config)

    where = f"{cronwrap.config_file}: [checks.x]"
    told = f"cronwrap: {where}: fail-if '(' is no regular expression: missing ), unterminated"
    assert (checked.returncode, dry.returncode) == (1, 0)
    assert checked.stderr.startswith(told)
    assert dry.stderr.startswith(told)
