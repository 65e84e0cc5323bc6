r"""A step that is larger than its field.

``*/90`` for the minute does not mean "every ninety minutes": only 0 is left, so the job runs once
an hour.

Bad::

    */90 * * * * /usr/local/bin/poll

Good::

    0 */2 * * * /usr/local/bin/poll
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import WARNING, Rule

_OFTEN = ("once an hour", "once a day", "once a month", "once a year", "once a week")


def _find(job: Job) -> Iterator[Found]:
    for oddity in job.schedule.oddities if job.schedule is not None else ():
        if oddity.kind != "step_too_large":
            continue
        text = job.schedule_at.text[oddity.start : oddity.end]
        number = len(job.schedule_at.text[: oddity.start].split())
        where = job.schedule_at.at(oddity.start, oddity.end)
        often = _OFTEN[number] if number < len(_OFTEN) else "once"
        lowest = min(job.schedule.fields[number].values) if job.schedule is not None else 0
        alone = job.schedule is not None and job.schedule.fields[number].text == text
        yield job.found(
            where,
            f"the step of {text} is larger than the field, so only {lowest} is left: {often}",
            f"write {lowest}, or with a list the times that are meant",
            unsafe=[(where, str(lowest))] if alone else [],
        )


RULE = Rule("CW208", "step-beyond-field", WARNING, "job", _find, only_with=("/",))
