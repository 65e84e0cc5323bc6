"""What a run's end counts as: success, failure or skipped, with a warning or without.

Pure: from what the job did, what was seen of it and what it says itself, to what an event says.
The first line that applies decides:

    it was ended, killed or never started             fail, and the reason stays what it is
    its exit status is in none of the lists           fail, exit
    it reports status=fail; fail-if matched           fail, output
    its exit status is in skip-codes; status=skip     log, exit
    another rule about what it wrote or reported      fail, output
    it took less than min-duration                    fail, too_short
    warn-codes, status=warn, warn-if, a stall         success, with a warning
    nothing of all this                               success

A skip comes before what a run that did nothing could not do, such as write something; but not
before a plain word that it failed.
"""

from cronwrap.event import FAIL, LOG, SUCCESS
from cronwrap.units import format_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from cronwrap.event import Event
    from cronwrap.run.job import Job
    from cronwrap.run.testimony import Said

    Codes = tuple[tuple[int, int], ...]
    Expectation = tuple[str, str, float]

HIGHEST_CODE = 255
FAILED = 1  # the exit status of a failure whose job says 0, with --strict-exit
COMPARISONS: "dict[str, Callable[[float, float], bool]]" = {
    ">=": lambda found, wanted: found >= wanted,
    "<=": lambda found, wanted: found <= wanted,
    "==": lambda found, wanted: found == wanted,
    "!=": lambda found, wanted: found != wanted,
    ">": lambda found, wanted: found > wanted,
    "<": lambda found, wanted: found < wanted,
}


class Seen:
    """What was seen of a run, beside its end.

    Attributes:
        output_bytes: how much it wrote in all; None when that is not known.
        stderr_bytes: of it to standard error; None when that is not known.
        matched: (option, how the expression is called, the line) for each that matched.
        unmatched: what the expressions of fail-unless are called that did not.
        warnings: what else there is to look at.
    """

    __slots__ = ("matched", "output_bytes", "stderr_bytes", "unmatched", "warnings")

    def __init__(self) -> None:
        self.output_bytes: int | None = None
        self.stderr_bytes: int | None = None
        self.matched: list[tuple[str, str, str]] = []
        self.unmatched: list[str] = []
        self.warnings: list[str] = []


def judge(job: "Job", ended: "Mapping[str, Any]", seen: Seen, said: "Said") -> "dict[str, Any]":
    """Return the fields of an event that the rules have a say in.

    Args:
        job: whose options are the rules.
        ended: fields of the event as the end itself would have them.
        seen: what was seen beside it.
        said: what the job has said of itself.
    """
    phase, reason, details = _decide(job, ended, seen, said)
    warnings = [*_warnings(job, ended, seen, said, phase), *seen.warnings, *said.problems]
    return {
        "phase": phase,
        "reason": reason,
        "detail": "; ".join(filter(None, (ended["detail"], *details))),
        "warning": "; ".join(warnings),
        "note": said.note,
        "metrics": dict(said.metrics),
    }


def _decide(
    job: "Job", ended: "Mapping[str, Any]", seen: Seen, said: "Said"
) -> "tuple[str, str, list[str]]":
    """Return phase, reason, and what there is to say about them."""
    reason, status = ended["reason"], ended["exit_status"]
    told = [*_told_failures(seen, said)]
    if reason != "exit":
        return FAIL, reason, told
    if not any(
        within(status, codes) for codes in (job.success_codes, job.warn_codes, job.skip_codes)
    ):
        missing = "" if status else f"exit status 0 is not among {_written(job.success_codes)}"
        return FAIL, reason, [missing, *told]
    if told:
        return FAIL, "output", told
    return _weigh(job, ended, seen, said)


def _weigh(
    job: "Job", ended: "Mapping[str, Any]", seen: Seen, said: "Said"
) -> "tuple[str, str, list[str]]":
    """Return the same of a job that has ended as it should, and does not say that it failed."""
    if within(ended["exit_status"], job.skip_codes) or said.status == "skip":
        return LOG, "exit", [": ".join(filter(None, ("skipped by the job", said.note)))]
    broken = [*_broken_rules(job, seen, said)]
    if broken:
        return FAIL, "output", broken
    if job.min_duration and ended["duration_s"] < job.min_duration:
        least = format_duration(job.min_duration)
        return FAIL, "too_short", [f"it took less than {least} (min-duration)"]
    return SUCCESS, "exit", []


def _told_failures(seen: Seen, said: "Said") -> "Iterator[str]":
    if said.status == "fail":
        yield ": ".join(filter(None, ("the job reports a failure", said.note)))
    for option, name, line in seen.matched:
        if option == "fail-if":
            yield _found(name, line)


def _broken_rules(job: "Job", seen: Seen, said: "Said") -> "Iterator[str]":
    for name in seen.unmatched:
        yield f"nothing that it wrote matches {name}"
    if job.fail_on_stderr and seen.stderr_bytes:
        yield "it wrote to standard error (fail-on-stderr)"
    if job.fail_on_empty_output and seen.output_bytes == 0:
        yield "it wrote nothing (fail-on-empty-output)"
    for expectation in job.expect:
        name, comparison, wanted = expectation
        if name not in said.metrics:
            yield f"it did not report {name} (expect {format_expectation(expectation)})"
        elif not COMPARISONS[comparison](said.metrics[name], wanted):
            yield f"{name} is {said.metrics[name]} (expect {format_expectation(expectation)})"


def _warnings(
    job: "Job", ended: "Mapping[str, Any]", seen: Seen, said: "Said", phase: str
) -> "Iterator[str]":
    if phase != FAIL and within(ended["exit_status"], job.warn_codes):
        yield f"exit status {ended['exit_status']}"
    if said.status == "warn":
        yield ": ".join(filter(None, ("the job reports a warning", said.note)))
    for option, name, line in seen.matched:
        if option == "warn-if":
            yield _found(name, line)


def _found(name: str, line: str) -> str:
    return f"it wrote {line!r} ({name})" if line else f"what it wrote matches {name}"


def exit_status(job: "Job", event: "Event") -> int:
    """Return the exit status to end with: the job's own, or with ``--strict-exit`` the verdict."""
    status = event.exit_status or 0
    if not job.strict_exit:
        return status
    return (status or FAILED) if event.phase == FAIL else 0


def within(status: int, codes: "Iterable[Codes]") -> bool:
    """Tell whether *status* is in one of the lists.

    >>> within(24, [((0, 0), (20, 29))]), within(1, [((0, 0), (20, 29))])
    (True, False)
    """
    return any(low <= status <= high for ranges in codes for low, high in ranges)


def parse_codes(text: str) -> "Codes":
    """Return the exit statuses that *text* names, as (lowest, highest).

    >>> parse_codes("0,20-29")
    ((0, 0), (20, 29))
    """
    ranges = []
    for word in text.split(","):
        low, dash, high = word.strip().partition("-")
        high = high if dash else low
        if not all(
            end.isascii() and end.isdigit() and int(end) <= HIGHEST_CODE for end in (low, high)
        ):
            raise ValueError("is not a list of exit statuses from 0 to 255: write 0,24 or 0,20-29")
        if int(low) > int(high):
            raise ValueError(f"has the range {word.strip()}, which ends before it begins")
        ranges.append((int(low), int(high)))
    return tuple(ranges)


def format_codes(codes: "Codes") -> str:
    """Return exit statuses as ``parse_codes`` takes them.

    >>> format_codes(((0, 0), (20, 29)))
    '0,20-29'
    """
    return ",".join(f"{low}" if low == high else f"{low}-{high}" for low, high in codes)


def _written(codes: "Iterable[Codes]") -> str:
    return ",".join(map(format_codes, codes))


def parse_expectation(text: str) -> "Expectation":
    """Return the name, the comparison and the number of *text*.

    >>> parse_expectation("rows > 0"), parse_expectation("errors<=2.5")
    (('rows', '>', 0), ('errors', '<=', 2.5))
    """
    from cronwrap.run.testimony import is_name, parse_number

    for comparison in COMPARISONS:  # those of two characters first
        name, found, number = text.partition(comparison)
        if found:
            wanted = parse_number(number.strip())
            if is_name(name.strip()) and wanted is not None:
                return name.strip(), comparison, wanted
    raise ValueError(
        f"is not NAME, one of {' '.join(COMPARISONS)}, and a number: write rows>0 or errors==0"
    )


def format_expectation(expectation: "Expectation") -> str:
    """Return an expectation as ``parse_expectation`` takes it."""
    return "".join(map(str, expectation))
