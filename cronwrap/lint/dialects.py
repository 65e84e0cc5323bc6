"""The cron daemons as data: what each does with a crontab, measured.

Schedules are the business of cronwrap.schedule; this is about everything around them.
"""

from typing import NamedTuple


class Dialect(NamedTuple):
    r"""One cron daemon.

    Attributes:
        name: as --dialect takes it.
        title: as a message names it.
        bad_line: what one bad line costs: "file" (nothing of the file runs), "line" (that line),
            "either" (one of the two), "exit" (the daemon does not start), "odd" (the line runs at
            odd times, or is dropped).
        last_newline: what a missing newline at the end costs: "file", "line", "either" or ""
            (nothing).
        percent: whether the first bare ``%`` ends the command.
        double_backslash: whether ``\\\\`` becomes one backslash.
        hash_cuts: whether ``#`` ends a command wherever it stands.
        joins_lines: whether a backslash before the newline joins the next line.
        strips_cr: how many carriage returns before the newline are dropped: "" (none), "one", "all".
        assignments: how an assignment is told from a job: "vixie", "identifier", "any",
            "supercronic", or "names" (a line that begins with one of ``names`` and ``=``).
        quotes: what becomes of quotes around a value: "pair" (a pair is removed), "trimmed" (and
            then the blanks at the end), "peeled" (all at both ends are, and blanks), "kept".
        empty_value: what ``NAME=`` is: "taken", "refused" or "unset".
        most_fields: how many fields a schedule may have.
        dash_prefix: whether ``-`` before the schedule keeps the job out of the log.
        command_options: whether ``-n`` before the command is an option, and any other refused.
        star_command: whether a command (or user) may begin with ``*``.
        empty_command: whether a job may have no command.
        any_name: whether an assignment may have any name; else only those of ``names``.
        names: the names that it takes notice of.
        late_assignments: whether the last assignment counts for all lines.
        path: PATH when the crontab sets none; "" if it is inherited.
        variables: what each job has in its environment.
        inherits: whether a job has the daemon's whole environment.
        max_command_bytes, max_assignment_bytes, max_line_bytes: 0 for no limit. A longer assignment
            is cut, and so loses the quote at its end.
        max_lines, max_jobs, max_assignments: of a whole file, which is refused; 0 for no limit.
        overlaps: whether a job is started while its previous run is still going.
        system_form: whether it knows a user column at all.
    """

    name: str
    title: str
    bad_line: str = "line"
    last_newline: str = ""
    percent: bool = True
    double_backslash: bool = False
    hash_cuts: bool = False
    joins_lines: bool = False
    strips_cr: str = ""
    assignments: str = "any"
    quotes: str = "pair"
    empty_value: str = "taken"
    most_fields: int = 5
    dash_prefix: bool = False
    command_options: bool = False
    star_command: bool = True
    empty_command: bool = False
    any_name: bool = True
    names: tuple[str, ...] = ()
    late_assignments: bool = False
    path: str = "/usr/bin:/bin"
    variables: tuple[str, ...] = ("HOME", "LOGNAME", "PATH", "SHELL")
    inherits: bool = False
    max_command_bytes: int = 0
    max_assignment_bytes: int = 0
    max_line_bytes: int = 0
    max_lines: int = 0
    max_jobs: int = 0
    max_assignments: int = 0
    overlaps: bool = True
    system_form: bool = True


DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            "debian", "Debian's cron", assignments="vixie", empty_command=True, bad_line="file", last_newline="file",
            double_backslash=True, quotes="trimmed", star_command=False,
            max_command_bytes=998, max_assignment_bytes=998, max_lines=10_000,
        ),
        Dialect(
            "cronie", "cronie", assignments="vixie", dash_prefix=True, last_newline="line", path="/usr/bin:/bin:/usr/sbin:/sbin",
            variables=("HOME", "LOGNAME", "PATH", "SHELL", "USER"),
            command_options=True, star_command=False,
            max_command_bytes=131_071, max_jobs=10_000, max_assignments=1_000,
        ),
        Dialect(
            "busybox", "BusyBox crond", assignments="names", quotes="kept", empty_value="unset", bad_line="odd", percent=False, hash_cuts=True,
            joins_lines=True, any_name=False, names=("MAILTO", "PATH", "SHELL"), path="",
            variables=("HOME", "LOGNAME", "USER", "SHELL"), inherits=True, overlaps=False,
            system_form=False,
        ),
        Dialect(
            "systemd", "systemd-cron", assignments="identifier", quotes="peeled", strips_cr="all", path="",
            variables=("HOME", "LOGNAME", "PATH", "SHELL", "USER"), overlaps=False,
        ),
        Dialect(
            "supercronic", "supercronic", assignments="supercronic", empty_value="refused", most_fields=7,
            bad_line="exit", percent=False, strips_cr="one", max_line_bytes=65_535, late_assignments=True,
            path="", inherits=True, overlaps=False, system_form=False,
        ),
        Dialect("bcron", "bcron", strips_cr="all", empty_value="refused"),
        Dialect(
            "portable", "Debian's cron or cronie", assignments="vixie", bad_line="either", last_newline="either",
            quotes="trimmed", star_command=False, max_command_bytes=998, max_assignment_bytes=998,
            max_lines=10_000, max_assignments=1_000,
        ),
    )
}  # fmt: skip
DEFAULT = "debian"
