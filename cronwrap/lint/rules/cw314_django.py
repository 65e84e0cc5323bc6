r"""A Django command without settings.

``django-admin x`` wants DJANGO_SETTINGS_MODULE, which a shell's startup files set and cron does
not. A ``manage.py`` names its settings by itself: where it does not, that is found too, if the
host is looked at. (A ``manage.py`` that is not where the job runs: CW306 and CW310.)

Bad::

    0 3 * * * django-admin clearsessions

Good::

    0 3 * * * cd /srv/app && venv/bin/python manage.py clearsessions
    0 4 * * * django-admin clearsessions --settings=app.settings --pythonpath=/srv/app
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.shell import Command
from cronwrap.lint.surroundings import Ran, files, is_assigned, is_elsewhere, sets_more

_SETTINGS = "DJANGO_SETTINGS_MODULE"
_WITHOUT = ("startproject", "startapp", "--version", "version", "help", "makemessages",
            "compilemessages", "check")  # fmt: skip


def _find(job: Job) -> Iterator[Found]:
    for command in job.script.programs():
        if command.program in ("django-admin", "django-admin.py") and _has_no_settings(
            job, command
        ):
            yield job.found(
                command.words[0],
                f"{command.program} wants {_SETTINGS}, which nothing sets here",
                "write --settings=APP.settings, or use the project's manage.py",
            )
    for ran in files(job) if job.file.host is not None else ():
        if ran.how == "script" and _is_bare(job, ran) and _has_no_settings(job, ran.command):
            yield job.found(
                ran.word,
                f"{ran.path} sets no {_SETTINGS}, and nothing here does",
                f"put {_SETTINGS}=APP.settings above the job",
            )


def _is_bare(job: Job, ran: Ran) -> bool:
    """Tell whether it is a manage.py that names no settings, as it does by itself."""
    host = job.file.host
    if host is None or not ran.path.endswith("/manage.py"):
        return False
    text = host.head(ran.path)
    return bool(text) and _SETTINGS.encode() not in text


def _has_no_settings(job: Job, command: Command) -> bool:
    return not (
        job.value(_SETTINGS) is not None
        or is_assigned(job, _SETTINGS, command)
        or any(one.name == _SETTINGS for one in command.assigns)
        or any(value.startswith("--settings") or value in _WITHOUT for value in command.values)
        or sets_more(job, command)
        or is_elsewhere(job, command)
        or job.dialect.inherits
    )


RULE = Rule("CW314", "django", WARNING, "job", _find, only_with=("django-admin", "manage.py"))
