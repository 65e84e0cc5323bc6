r"""A term that changes nothing.

``*/1`` is ``*``, and a list with ``*`` in it is all of the field.

Bad::

    */1 5,5 * * * flock -n /run/lock/poll /usr/local/bin/poll

Good::

    */5 5-9 * * * flock -n /run/lock/poll /usr/local/bin/poll
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import INFO, Rule
from cronwrap.lint.timing import is_whole, place


def _find(job: Job) -> Iterator[Found]:
    for one in job.schedule.fields if job.schedule is not None else ():
        terms = one.text.split(",")
        if one.text == "*/1" or (one.star and len(terms) > 1 and is_whole(one)):
            simple = "*"
        elif len(set(terms)) < len(terms):
            simple = ",".join(dict.fromkeys(terms))
        else:
            continue
        where = place(job, one)
        yield job.found(
            where, f"{one.text} is the same as {simple}", f"write {simple}", safe=[(where, simple)]
        )


RULE = Rule("CW218", "redundant-term", INFO, "job", _find, only_with=("*/1", ","))
