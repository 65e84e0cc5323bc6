r"""A virtual environment's interpreter that is not there.

The environment was built elsewhere, moved, or lost its interpreter in an upgrade of the system.
Asked only where the host is looked at.

Bad::

    0 3 * * * /srv/gone/venv/bin/python /srv/app/report.py

Good::

    0 3 * * * /usr/bin/python3 /srv/app/report.py
"""

import posixpath
from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.surroundings import environment_of, files, is_missing


def _find(job: Job) -> Iterator[Found]:
    for ran in files(job):
        host, place = job.file.host, environment_of(job, ran.path)
        if host is None or not place or not is_missing(job, ran):
            continue
        name = posixpath.basename(ran.path)
        what = f"has no bin/{name}" if host.is_dir(place) else "is not there"
        yield job.found(
            ran.word,
            f"the virtual environment {place} {what}; the job fails with status 127",
            f"build it: python3 -m venv {place}, and install what the job needs",
        )


RULE = Rule("CW305", "interpreter-missing", ERROR, "job", _find, host=True)
