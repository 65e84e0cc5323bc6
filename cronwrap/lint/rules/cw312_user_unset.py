r"""``$USER``, which Debian's cron does not set.

It is empty there, so that ``/home/$USER/x`` is ``/home//x``. ``$LOGNAME`` is set by every cron.

Bad::

    0 3 * * * /home/$USER/bin/backup

Good::

    0 3 * * * /home/$LOGNAME/bin/backup
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import ERROR, Rule
from cronwrap.lint.surroundings import is_assigned, is_elsewhere, sets_more


def _find(job: Job) -> Iterator[Found]:
    used = [one for one in job.script.variables() if one.name == "USER" and not one.operator]
    if not used or job.value("USER") is not None:
        return
    for variable in used:
        other = bool(variable.nest) and is_elsewhere(job, variable)
        if is_assigned(job, "USER", variable) or other or sets_more(job, variable):
            continue
        braces = variable.end - variable.start > len("$USER")
        yield job.found(
            variable,
            "Debian's cron does not set USER: it is empty in the job",
            "write $LOGNAME, which every cron sets",
            safe=[(variable, "${LOGNAME}" if braces else "$LOGNAME")],
        )


RULE = Rule(
    "CW312", "user-unset", ERROR, "job", _find, dialects=("debian", "portable"), only_with=("USER",)
)
