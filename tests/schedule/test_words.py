"""Schedules in words: what really happens, as a person would say it."""

import pytest

from cronwrap.schedule import parse, words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("* * * * *", "every minute"),
        ("*/5 * * * *", "every 5 minutes"),
        ("7-59/15 * * * *", "every 15 minutes from minute 7 on"),
        ("*/7 * * * *", "at minutes 0 to 56 in steps of 7 of every hour"),
        ("*/45 * * * *", "at minutes 0 and 45 of every hour"),
        ("17 * * * *", "at minute 17 of every hour"),
        ("* 5 * * *", "every minute from 05:00 to 05:59"),
        ("*/5 9-17 * * *", "every 5 minutes from 09:00 to 17:55"),
        ("*/30 8,12,16,20 * * *", "every 30 minutes of hours 8, 12, 16 and 20"),
        ("*/15 8,12,17 * * *", "every 15 minutes of hours 8, 12 and 17"),
        ("0 */2 * * *", "at minute 0 of every 2nd hour"),
        ("30 1-23/3 * * *", "at minute 30 of every 3rd hour from 01:00 on"),
        ("0 22-23,0-5 * * *", "at minute 0 of hours 0 to 5, 22 and 23"),
        ("30 2 * * *", "at 02:30 every day"),
        ("0,30 2,14 * * *", "at 02:00, 02:30, 14:00 and 14:30 every day"),
        ("0 2 * * 1-5", "at 02:00, on Monday to Friday"),
        ("0 2 * * 6,7", "at 02:00, on Saturday and Sunday"),
        ("0 2 * * 5-7", "at 02:00, on Friday to Sunday"),
        ("0 2 1 * *", "at 02:00, on day 1 of the month"),
        ("0 2 */2 * *", "at 02:00, on days 1 to 31 in steps of 2 of the month"),
        ("0 2 1 1 *", "at 02:00, on day 1 of January"),
        ("0 2 * 6-8 *", "at 02:00 every day, in June to August"),
        ("0 2 1,15 3,9 *", "at 02:00, on days 1 and 15 of March and September"),
        ("0 2 1-7 * 1", "at 02:00, on days 1 to 7 of the month and on Monday"),
        ("0 2 */7 * 1", "at 02:00, on days 1 to 29 in steps of 7 of the month, if that is Monday"),
        ("0 2 * 2 1", "at 02:00, on Monday, in February"),
        ("0 2 31 2 *", "never: there is no 31 February"),
        ("0 2 31 4,6 *", "never: there is no 31 April and June"),
        ("0 22-2 * * *", "never: no hour is left"),
        ("0 0 * * 5-0", "never: no weekday is left"),
        ("@reboot", "once, when the daemon starts"),
        ("@yearly", "at 00:00, on day 1 of January"),
    ],
)
def test_a_schedule_is_said_as_debians_cron_runs_it(text: str, said: str) -> None:
    assert words(parse(text)) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 0 L * *", "at 00:00, on the last day of the month"),
        ("0 0 1,LW 6 *", "at 00:00, on day 1 of June and the last Monday to Friday of June"),
        ("0 0 15W * *", "at 00:00, on the Monday to Friday nearest to day 15 of the month"),
        ("0 0 * * 5L", "at 00:00, on the last Friday of the month"),
        ("0 0 * * mon#2,sun", "at 00:00, on Sunday and the 2nd Monday of the month"),
        ("*/10 0 0 * * * *", "at second 0 to 50 in steps of 10, at 00:00 every day"),
        ("0 0 1 1 * 2030", "at 00:00, on day 1 of January, in 2030"),
        ("* * * * * * *", "every second, every minute"),
    ],
)
def test_what_supercronic_knows_more_of_is_said_too(text: str, said: str) -> None:
    assert words(parse(text, "supercronic")) == said
