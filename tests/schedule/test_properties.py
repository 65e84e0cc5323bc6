"""What holds for every expression that anybody may write."""

from datetime import datetime, timedelta, timezone
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cronwrap.schedule import (
    DIALECTS,
    Schedule,
    ScheduleError,
    normal_period_s,
    parse,
    previous,
    runs,
    words,
)
from cronwrap.schedule.messages import ODDITIES, REFUSALS

SPANS = [(0, 59), (0, 23), (1, 31), (1, 12), (0, 7)]
NAMES = [[], [], [], ["jan", "FEB", "december"], ["sun", "Fri", "monday"]]
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
    )
]  # fmt: skip
_SIX_HOURS_S = 6 * 3600
# Where clocks are set: for half an hour, an hour, at midnight
CHANGES = [
    (zone, unix_s)
    for zone in ZONES
    for unix_s in range(1_100_044_800, 1_200_000_000, _SIX_HOURS_S)
    if datetime.fromtimestamp(unix_s, zone).utcoffset()
    != datetime.fromtimestamp(unix_s + _SIX_HOURS_S, zone).utcoffset()
]
MOMENTS = st.datetimes(datetime(1999, 1, 1), datetime(2037, 1, 1))  # noqa: DTZ001 - zoned later
HOSTILE = st.one_of(
    st.text(),
    st.text(alphabet="0123456789*/,-~#LW?@HjanfebsuMON \t+\v\x00é٣"),
    st.from_regex(r"@[a-zA-Z-]*"),
)


@st.composite
def items(draw: st.DrawFn, index: int) -> str:
    """Draw what may stand between commas: valid, at the edge, now and then beyond it."""
    low, high = SPANS[index]
    number = st.one_of(
        st.integers(low, high).map(str),
        st.sampled_from([str(high + 1), "00", f"0{low}", *NAMES[index]]),
    )
    kind = draw(st.sampled_from(["*", "*", "number", "number", "range"]))
    if kind == "number":
        return draw(number)
    span = "*" if kind == "*" else f"{draw(number)}-{draw(number)}"
    step = draw(st.sampled_from(["", "", "/1", "/2", "/5", f"/{high}", "/0"]))
    return span + step


@st.composite
def expressions(draw: st.DrawFn) -> str:
    """Draw five fields."""
    return " ".join(
        draw(st.lists(items(index), min_size=1, max_size=2).map(",".join)) for index in range(5)
    )


def read(text: str, dialect: str) -> Schedule | None:
    try:
        return parse(text, dialect)
    except ScheduleError:
        return None


@given(text=HOSTILE | expressions(), dialect=st.sampled_from(sorted(DIALECTS)))
@example(text="9" * 5000 + " * * * *", dialect="debian")
@example(text="*/" + "9" * 5000 + " * * * *", dialect="supercronic")
@example(text="1-" + "9" * 20 + " * * * *", dialect="systemd")
@settings(max_examples=250, deadline=None)
def test_whatever_is_written_is_read_or_refused_with_a_place(text: str, dialect: str) -> None:
    schedule = read(text, dialect)

    if schedule is None:
        with pytest.raises(ScheduleError) as caught:
            parse(text, dialect)
        assert caught.value.kind in REFUSALS
        assert 0 <= caught.value.start <= caught.value.end <= len(text)
        assert caught.value.message
    else:
        assert schedule.text == text
        assert schedule.minutes <= set(range(60))
        assert schedule.hours <= set(range(24))
        assert schedule.days <= set(range(1, 32))
        assert schedule.months <= set(range(1, 13))
        assert schedule.weekdays <= set(range(7))
        assert words(schedule)
        for oddity in schedule.oddities:
            assert oddity.kind in ODDITIES
            assert 0 <= oddity.start <= oddity.end <= len(text)


@given(
    text=expressions(),
    dialect=st.sampled_from(sorted(DIALECTS)),
    change=st.sampled_from(CHANGES),
    minutes=st.integers(-600, 600),
)
@settings(max_examples=100, deadline=None)
def test_runs_come_in_order_and_back_in_the_other(
    text: str, dialect: str, change: tuple[ZoneInfo, int], minutes: int
) -> None:
    schedule = read(text, dialect)
    if schedule is None:
        return
    zone, unix_s = change
    after = datetime.fromtimestamp(unix_s + 60 * minutes, zone)

    instants = [run.when.timestamp() for run in islice(runs(schedule, after), 40)]

    assert all(earlier < later for earlier, later in pairwise([after.timestamp(), *instants]))
    if instants:
        before = datetime.fromtimestamp(instants[-1] + 1, zone)
        back = [run.when.timestamp() for run in islice(previous(schedule, before), len(instants))]
        assert back == instants[::-1]


@given(text=expressions(), dialect=st.sampled_from(sorted(DIALECTS)), moment=MOMENTS)
@settings(max_examples=60, deadline=None)
def test_without_changes_of_the_clock_runs_are_all_minutes_that_match(
    text: str, dialect: str, moment: datetime
) -> None:
    schedule = read(text, dialect)
    if schedule is None:
        return
    start = moment.replace(second=0, microsecond=0, tzinfo=timezone.utc)
    end = start + timedelta(days=2)

    found = []
    for run in runs(schedule, start):
        if run.when >= end:
            break
        found.append(run.when)

    minutes = (start + timedelta(minutes=count) for count in range(1, 2 * 1440))
    assert found == [minute for minute in minutes if schedule.matches(minute.replace(tzinfo=None))]
    assert not (found and schedule.never)


@given(text=expressions(), change=st.sampled_from(CHANGES))
@settings(max_examples=60, deadline=None)
def test_busybox_runs_jobs_in_each_elapsed_minute_whose_wall_clock_matches(
    text: str, change: tuple[ZoneInfo, int]
) -> None:
    schedule = parse(text, "busybox")
    zone, unix_s = change
    start = datetime.fromtimestamp(unix_s - _SIX_HOURS_S, timezone.utc)

    found = []
    for run in runs(schedule, start.astimezone(zone)):
        if run.when.timestamp() >= start.timestamp() + 86400:
            break
        found.append(str(run.when))

    elapsed = ((start + timedelta(minutes=count)).astimezone(zone) for count in range(1, 1440))
    assert found == [
        str(minute) for minute in elapsed if schedule.matches(minute.replace(tzinfo=None))
    ]


@given(text=expressions(), dialect=st.sampled_from(sorted(DIALECTS)))
@settings(max_examples=80, deadline=None)
def test_gaps_between_runs_are_within_the_normal_period(text: str, dialect: str) -> None:
    schedule = read(text, dialect)
    if schedule is None:
        return
    start = datetime(2023, 7, 1, tzinfo=timezone.utc)

    found = [run.when.timestamp() for run in islice(runs(schedule, start), 200)]

    gaps = [later - earlier for earlier, later in pairwise(found)]
    normal = normal_period_s(schedule)
    if gaps:
        assert normal is not None
        assert normal.shortest_s <= min(gaps)
        assert max(gaps) <= normal.longest_s
    assert (normal is None) == schedule.never


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"supercronic", "systemd"}))
@given(
    sets=st.tuples(*(st.sets(st.integers(low, high), min_size=1) for low, high in SPANS)),
)
@settings(max_examples=60, deadline=None)
def test_a_list_of_numbers_is_just_these_numbers(sets: tuple[set[int], ...], dialect: str) -> None:
    if dialect == "busybox":
        sets = (*sets[:4], {day % 7 for day in sets[4]})
    text = " ".join(",".join(map(str, sorted(values))) for values in sets)

    schedule = parse(text, dialect)

    found = (schedule.minutes, schedule.hours, schedule.days, schedule.months)
    assert [set(values) for values in found] == list(sets[:4])
    assert schedule.weekdays == {day % 7 for day in sets[4]}
    assert not schedule.oddities
