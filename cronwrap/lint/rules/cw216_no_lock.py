r"""A job every few minutes that nothing keeps from running twice.

Debian's cron and cronie start the next run whether the one before has ended or not: when the job
is slow once, they pile up. BusyBox, systemd-cron and supercronic wait for it.

Silent from five minutes on: such a job is nearly always over in seconds, or keeps a lock itself.
And silent for what only starts what is due, as Laravel's ``schedule:run``: it must come each minute,
and a run left out would leave out the tasks of that minute.

Bad::

    * * * * * /usr/bin/php /srv/app/artisan queue:work --stop-when-empty

Good::

    * * * * * flock -n /run/lock/app.lock /usr/bin/php /srv/app/artisan queue:work --stop-when-empty
    * * * * * /usr/bin/php /srv/app/artisan schedule:run
    */2 * * * * cronwrap --check poll --overlap skip -- /usr/local/bin/poll
    * * * * * cronwrap overdue
    */5 * * * * /usr/local/bin/measure
"""

from collections.abc import Iterator

from cronwrap.lint.crontab import Found, Job
from cronwrap.lint.rule import WARNING, Rule
from cronwrap.lint.shell import Command
from cronwrap.schedule import normal_period_s

_FEW_S = 300
_HOUR = 60
# These keep a lock themselves, are over at once, or are there to look whether something runs.
_LOCKS = {
    *("flock", "setlock", "lockfile", "run-one", "run-this-one", "lckdo", "dotlockfile", "solo"),
    *("run-parts", "mrtg", "systemctl", "munin-cron", "debian-sa1", "sa1", "fetchmail"),
}
# Of Laravel, Magento, Yii and WP-CLI: they start what is due, and look after overlaps themselves.
_STARTS_WHAT_IS_DUE = {"schedule:run", "cron:run", "schedule/run", "--due-now"}
_BRIEF = {
    *("curl", "wget", "echo", "printf", "date", "touch", "test", "[", "true", "logger", "kill"),
    *("pgrep", "pkill", "pidof", "cd", "export", ":", "command", "if", "exit", "rm", "find", "cat"),
    *("ping", "nice", "ionice", "sh", "bash", "timeout", "env", "chronic", "killall", "sleep"),
}


def _find(job: Job) -> Iterator[Found]:
    schedule = job.schedule
    if schedule is None or not job.dialect.overlaps or len(schedule.minutes) < 60 // (_FEW_S // 60):
        return
    gaps = normal_period_s(schedule)
    commands = job.script.commands()
    if gaps is None or gaps.shortest_s >= _FEW_S or any(map(_locks, commands)):
        return
    heavy = [one for one in job.script.programs() if one.program not in _BRIEF and one.program]
    if heavy and not any(one.wrapper is not None and _limits(one.wrapper) for one in heavy):
        every = gaps.shortest_s // 60
        yield job.found(
            heavy[0],
            f"runs {_how_often(len(schedule.minutes), every)}; "
            f"{job.dialect.title} starts it again even if the last run still goes on",
            "put flock -n LOCKFILE before it, or cronwrap --overlap skip",
        )


def _how_often(times: int, every: int) -> str:
    if times * every < _HOUR - every:  # not at each of them
        return f"{times} times an hour, some of them {every} minute{'s' * (every > 1)} apart"
    return f"every {every} minutes" if every > 1 else "every minute"


def _locks(command: Command) -> bool:
    words = [word.literal for word in command.words]
    if command.program == "cronwrap":
        if command.wrapped is None:  # its own overdue or flush: one does the work, others leave
            return True
        return any(word.startswith(("--overlap", "--lock", "--max-parallel")) for word in words)
    if not _STARTS_WHAT_IS_DUE.isdisjoint(words):
        return True
    return command.program in _LOCKS or "--lock" in words


def _limits(wrapper: Command) -> bool:
    """Tell whether a wrapper ends the job before it could matter."""
    return wrapper.program == "timeout"


RULE = Rule("CW216", "no-lock", WARNING, "job", _find)
