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

_OFTEN = {
    "minute": "once an hour",
    "hour": "once a day",
    "day": "once a month",
    "month": "once a year",
    "weekday": "once a week",
}


def _find(job: Job) -> Iterator[Found]:
    if job.schedule is None:
        return
    for oddity in job.schedule.oddities:
        if oddity.kind != "step_too_large":
            continue
        text = job.schedule_at.text[oddity.start : oddity.end]
        field = next(one for one in job.schedule.fields if one.start <= oddity.start < one.end)
        where = job.schedule_at.at(oddity.start, oddity.end)
        left = oddity.detail.rpartition(" ")[2]
        often = f": {_OFTEN[field.name]}" if field.text == text and field.name in _OFTEN else ""
        yield job.found(
            where,
            f"the step of {text} is larger than what it steps through, so only {left} is left{often}",
            f"write {left}, or with a list the times that are meant",
            unsafe=[(where, left)],
        )


RULE = Rule("CW208", "step-beyond-field", WARNING, "job", _find, only_with=("/",))
