"""What is surely no newline, what may be meant as one, and what is escaped already."""

import pytest

from cronwrap.lint import session
from cronwrap.lint.crontab import Crontab
from cronwrap.lint.rule import find_rule
from tests.lint.asking import findings, fixed

CODE = "CW125"


@pytest.mark.parametrize(
    "command",
    [
        "tar czf /b/$(date +%F).tgz /etc",
        'echo "$(date "+%H:%M")" >>/var/log/x',
        "curl -fsS https://example.org/a%20b",
        "find / -printf '%p'",
        'echo "100% done"',
    ],
)
def test_what_is_surely_a_percent_sign_is_an_error_and_mended(command: str) -> None:
    (found,) = findings(CODE, f"0 3 * * * {command}")

    assert found.severity == "error"
    assert found.found.fix is not None
    assert found.found.fix.safe
    assert fixed(CODE, command) == command.replace("%", r"\%")


def test_a_format_of_which_only_the_first_sign_was_escaped_is_mended() -> None:
    assert fixed(CODE, r"date +\%Y-%m-%d") == r"date +\%Y-\%m-\%d"


@pytest.mark.parametrize(
    ("command", "mended"),
    [
        ('mail -s "$(date +%F)" a@b%body', r'mail -s "$(date +\%F)" a@b%body'),
        ("mail -s 'at 10%' a@b%All is well.%Bye.", r"mail -s 'at 10\%' a@b%All is well.%Bye."),
        ('mail -s "`date +%H:%M`" a@b%x%y', r'mail -s "`date +\%H:\%M`" a@b%x%y'),
        ("curl https://h/a%20b%2Fc", r"curl https://h/a\%20b\%2Fc"),
    ],
)
def test_a_sign_that_ends_what_can_stand_alone_is_left_to_feed_the_command(
    command: str, mended: str
) -> None:
    file = Crontab(f"0 3 * * * {command}\n".encode(), dialect="debian", form="user")
    (done,) = session.repaired([file], [find_rule(CODE)], unsafe=False).files

    assert done.data.decode() == f"0 3 * * * {mended}\n"


def test_what_may_be_meant_as_input_is_a_warning() -> None:
    (found,) = findings(CODE, "0 3 * * * mail -s done root%All is well.%Bye.")

    assert found.severity == "warning"
    assert "'All is well.%Bye.'" in found.found.message
    assert found.found.fix is not None
    assert not found.found.fix.safe


@pytest.mark.parametrize(
    "command",
    [
        "check_disk -w 10% -c 5% | mail -s disk root",
        "smbclient //nas/share -U user%secret -c ls",
        "grow 95% > /var/log/grow",
        "grow 95% && other",
        "df / | grep 90%",
    ],
)
def test_what_goes_on_as_a_command_does_is_an_error_that_is_not_mended_unasked(
    command: str,
) -> None:
    (found,) = findings(CODE, f"0 3 * * * {command}")

    assert found.severity == "error"
    assert found.found.fix is not None
    assert not found.found.fix.safe


@pytest.mark.parametrize("text", ["Hello; all is well & done.%Bye - root", "a -> b", "run x -y"])
def test_a_text_with_marks_in_it_is_a_text(text: str) -> None:
    assert [one.severity for one in findings(CODE, f"0 3 * * * mail root%{text}")] == ["warning"]


@pytest.mark.parametrize(
    ("command", "dialect"),
    [(r"date +\%F", "debian"), ("date +%F", "busybox"), ("date +%F", "supercronic")],
)
def test_what_is_escaped_or_needs_no_escape_is_silent(command: str, dialect: str) -> None:
    assert findings(CODE, f"0 3 * * * {command}", dialect) == []


def test_an_escaped_backslash_escapes_no_percent_sign() -> None:
    assert findings(CODE, r"0 3 * * * printf '\\%s' x")
