"""The options of a run, said once; and the parser of the hot path.

Everything that knows an option reads OPTIONS: the parser below, click's command, the
configuration file, the ``CRONWRAP_*`` environment, completions and manual pages.

The parser is a screenful, because click takes 40 ms to import and stands before the job.
"""

from cronwrap import units

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

# Taken as such only in the first place; `cronwrap -- history` runs a program of that name.
SUBCOMMANDS = (
    "config", "explain", "flush", "forget", "history", "kill", "lint", "logs", "next", "overdue",
    "pause", "ping", "resume", "running", "services", "status", "sync", "test",
)  # fmt: skip

JOB, START, OUTPUT, VERDICT, REPORT, SCHEDULE, OTHER = TOPICS = (
    "The job", "Overlap, delay and retries", "Its output", "What counts as success", "Reports",
    "When it should run", "Other options",
)  # fmt: skip


LOCKING = ("overlap", "lock", "lock_per_args", "max_parallel")


class Option:
    """One option of a run.

    Attributes:
        name: as on the command line, without the dashes ("kill-after").
        kind: what its value is, a key of PARSERS; "flag" takes none.
        execution: it changes how the job runs, so that a mistake in it stops the run; a mistake
            in any other option is told and the job runs.
        level: where it may be given: "any", or "line" for the command line and environment only.
        topic: one of TOPICS; where help and manual list it.
        needs: keys of options; without all of them this one has no effect.
    """

    __slots__ = (
        "choices", "default", "execution", "help", "kind", "level", "metavar", "multiple",
        "name", "needs", "short", "topic",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        kind: str,
        help: str,  # noqa: A002 - click's word for it
        *,
        short: str = "",
        metavar: str = "",
        default: "Any" = None,
        multiple: bool = False,
        execution: bool = False,
        level: str = "any",
        choices: "tuple[str, ...]" = (),
        topic: str = JOB,
        needs: "tuple[str, ...]" = (),
    ) -> None:
        self.name = name
        self.kind = kind
        self.help = help
        self.short = short
        self.metavar = metavar
        self.default = default
        self.multiple = multiple
        self.execution = execution
        self.level = level
        self.choices = choices
        self.topic = topic
        self.needs = needs

    @property
    def key(self) -> str:
        """Its name in the configuration file and in Python."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return f"CRONWRAP_{self.key.upper()}"


OPTIONS = (
    Option("check", "text", "Name of the monitored job; the command's name if not given.",
           short="c", metavar="NAME", level="line"),
    Option("endpoint", "text",
           "Where to report: the name of a configured endpoint, or a URL. May be given again.",
           short="e", metavar="NAME|URL", multiple=True, topic=REPORT),
    Option("timeout", "duration", "End the job and all its processes after this time; 0 is never.",
           short="t", metavar="DURATION", execution=True),
    Option("kill-after", "duration",
           "After a timeout, or when told to stop, kill what has not ended in this time.",
           metavar="DURATION", default=10.0, execution=True),
    Option("signal", "signal", "Signal that ends the job at its timeout.",
           metavar="SIGNAL", default=15, execution=True),
    Option("chdir", "text", "Run the job in this directory.", metavar="DIR", execution=True),
    Option("env-file", "text",
           "Add the variables of this file to the job's environment, read as systemd reads an "
           "EnvironmentFile; -FILE may be missing. May be given again.",
           metavar="FILE", multiple=True, execution=True),
    Option("nice", "integer", "Add this to the job's nice value, -20 to 19.",
           metavar="N", execution=True),
    Option("ionice", "ionice",
           "I/O priority of the job: realtime, best-effort (each :0 to :7) or idle.",
           metavar="CLASS[:LEVEL]", execution=True),
    Option("umask", "umask", "File mode creation mask of the job, such as 027.",
           metavar="MASK", execution=True),
    Option("overlap", "overlap",
           "What to do when the last run of the check still goes on: allow it, skip this one, wait "
           "(=DURATION at the most), or replace the older one. The default is allow, and wait with "
           "--lock, --lock-per-args or --max-parallel.",
           metavar="POLICY", execution=True, topic=START),
    Option("lock", "text",
           "Name of the lock that keeps runs apart, which several checks may share; the check's "
           "name if not given.",
           metavar="NAME", execution=True, topic=START),
    Option("lock-per-args", "flag", "Keep apart only runs with the same command and arguments.",
           execution=True, topic=START),
    Option("max-parallel", "count", "How many runs may hold the lock at the same time.",
           metavar="N", execution=True, topic=START),
    Option("fail-after-skips", "number",
           "Report skipped runs as failures from this one in a row on; 0 is never.",
           metavar="N", topic=START, needs=LOCKING),
    Option("overlap-limit", "duration",
           "It is a failure when a run is skipped because of one that is older; nor is that waited "
           "for.",
           metavar="DURATION", topic=START, needs=LOCKING),
    Option("splay", "duration",
           "Start the job later by up to so long: by how much is the same for each run of a check "
           "on a host.",
           metavar="DURATION", execution=True, topic=START),
    Option("splay-random", "flag", "Have --splay choose anew for each run.", execution=True,
           topic=START, needs=("splay",)),
    Option("retries", "number", "Start the job again when it has failed, so many times at the most.",
           metavar="N", execution=True, topic=START),
    Option("retry-delay", "duration", "How long to wait before the first retry.",
           metavar="DURATION", default=30.0, execution=True, topic=START, needs=("retries",)),
    Option("retry-backoff", "backoff", "By how much each wait is longer than the one before.",
           metavar="X", default=2.0, execution=True, topic=START, needs=("retries",)),
    Option("output", "choice",
           "What of the output is passed on: all as it comes (all), all at the end of a run that "
           "failed (on-failure), or nothing (none).",
           metavar="WHEN", default="all", choices=("all", "on-failure", "none"), execution=True,
           topic=OUTPUT),
    Option("no-capture", "flag",
           "Leave the job our own standard output and error: nothing is captured or reported.",
           execution=True, topic=OUTPUT),
    Option("tail-bytes", "size", "How much of the end of the output to keep for reports.",
           metavar="SIZE", default=100_000, topic=OUTPUT),
    Option("keep-output", "size",
           "How much of the end of the output to keep in the history, without secrets; 0 is none.",
           metavar="SIZE", default=16_000, topic=OUTPUT),
    Option("log-dir", "text",
           "Keep the whole output of each run in this directory, in a file of its own, which is "
           "compressed and freed of secrets when the run is over.",
           metavar="DIR", topic=OUTPUT),
    Option("log-limit", "size", "How much of one run's output to keep in the log directory.",
           metavar="SIZE", default=2**30, topic=OUTPUT, needs=("log_dir",)),
    Option("success-codes", "codes",
           "Exit statuses that are a success: a list such as 0,24 or 0,20-29. May be given again.",
           metavar="CODES", default=[((0, 0),)], multiple=True, topic=VERDICT),
    Option("warn-codes", "codes",
           "Exit statuses that are a success to be warned of. May be given again.",
           metavar="CODES", multiple=True, topic=VERDICT),
    Option("skip-codes", "codes",
           "Exit statuses by which the job says that it had nothing to do, neither success nor "
           "failure, such as 75. May be given again.",
           metavar="CODES", multiple=True, topic=VERDICT),
    Option("fail-if", "expression",
           "It is a failure when a line of the output matches this regular expression. May be "
           "given again.",
           metavar="REGEX", multiple=True, topic=VERDICT),
    Option("fail-unless", "expression",
           "It is a failure when no line of the output matches this regular expression. May be "
           "given again.",
           metavar="REGEX", multiple=True, topic=VERDICT),
    Option("warn-if", "expression",
           "Warn when a line of the output matches this regular expression. May be given again.",
           metavar="REGEX", multiple=True, topic=VERDICT),
    Option("fail-on-stderr", "flag",
           "It is a failure when anything is written to standard error.", topic=VERDICT),
    Option("fail-on-empty-output", "flag", "It is a failure when nothing is written.",
           topic=VERDICT),
    Option("min-duration", "duration", "It is a failure when the job ends sooner.",
           metavar="DURATION", topic=VERDICT),
    Option("expect", "expectation",
           "It is a failure when a number that the job reports (CRONWRAP_REPORT) is not so, or is "
           "missing: 'rows>0'. May be given again.",
           metavar="EXPR", multiple=True, topic=VERDICT),
    Option("stall-timeout", "duration",
           "The job has stalled when it writes nothing for so long; 0 is never.",
           metavar="DURATION", execution=True, topic=VERDICT),
    Option("stall-action", "choice",
           "What to do with a job that has stalled: warn of it, or end it as at a timeout.",
           metavar="ACTION", default="warn", choices=("warn", "end"), execution=True,
           topic=VERDICT, needs=("stall_timeout",)),
    Option("strict-exit", "flag",
           "End with the verdict as exit status: 0, or on a failure the job's own, 1 if that is 0.",
           topic=VERDICT),
    Option("no-output-in-report", "flag", "Report how the job went, but not what it wrote.",
           topic=REPORT),
    Option("redact", "pattern",
           "Take what this regular expression matches, or its first group, out of all that is "
           "reported and kept, as [redacted: NAME]. May be given again.",
           metavar="NAME=REGEX", multiple=True, topic=REPORT),
    Option("environment", "text", "Environment to report, such as production or staging.",
           metavar="NAME", topic=REPORT),
    Option("tag", "tag", "Tag to report. May be given again.", metavar="KEY=VALUE", multiple=True,
           topic=REPORT),
    Option("fail-after", "count",
           "Report failures as such from this one in a row on; those before are told as a log.",
           metavar="N", default=1, topic=REPORT),
    Option("slow-factor", "factor",
           "Warn of a run that took so many times as long as its last successes usually did.",
           metavar="X", topic=REPORT),
    Option("fast-factor", "factor",
           "Warn of a run that was so many times as fast as its last successes usually were.",
           metavar="X", topic=REPORT),
    Option("heartbeat", "duration",
           "While the job runs, report what it has written so far, again and again after this "
           "time, as a log.",
           metavar="DURATION", topic=REPORT),
    Option("report-budget", "duration",
           "How long reporting may take, in all, after the job's end.",
           metavar="DURATION", default=30.0, topic=REPORT),
    Option("schedule", "text",
           "When the job should run, as five fields of cron or as @daily; for cronwrap status and "
           "overdue. It starts nothing.",
           metavar="FIELDS", topic=SCHEDULE),
    Option("timezone", "text",
           "Time zone of the schedule, such as Europe/Vienna; this machine's if not given.",
           metavar="ZONE", topic=SCHEDULE, needs=("schedule",)),
    Option("grace", "duration", "How late a run may begin before it is overdue.",
           metavar="DURATION", default=3600.0, topic=SCHEDULE, needs=("schedule",)),
    Option("config", "text", "Read this configuration file in place of the usual two.",
           metavar="FILE", level="line", topic=OTHER),
    Option("state-dir", "text", "Directory that holds the history.",
           metavar="DIR", level="line", topic=OTHER),
    Option("dry-run", "flag", "Print what would run and what would be sent, and do neither.",
           level="line", topic=OTHER),
    Option("verbose", "flag", "Say on standard error what is done.", short="v", topic=OTHER),
)  # fmt: skip

LINES = {"expression", "expectation", "pattern"}  # kinds whose values may hold blanks
BY_KEY = {option.key: option for option in OPTIONS}
BY_FLAG = {f"--{option.name}": option for option in OPTIONS}
BY_FLAG.update({f"-{option.short}": option for option in OPTIONS if option.short})

MIN_NICE, MAX_NICE = -20, 19  # nice(1)'s, the only integers there are
MAX_COUNT = 1_000_000
POLICIES = ("allow", "skip", WAIT := "wait", "replace")
IO_IDLE = 3
IO_LEVELS = tuple("01234567")
IO_CLASSES = {"realtime": 1, "best-effort": 2, "idle": IO_IDLE, "1": 1, "2": 2, "3": 3}
TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


def _text(text: str) -> str:
    if not text or "\0" in text:
        raise ValueError("must not be empty")
    return text


def _flag(text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise ValueError("is neither true nor false")


def _integer(text: str) -> int:
    digits = text[1:] if text[:1] in ("+", "-") else text
    number = int(text) if digits.isascii() and digits.isdigit() else None
    if number is None or not MIN_NICE <= number <= MAX_NICE:
        raise ValueError("is not a whole number from -20 to 19")
    return number


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MAX_COUNT):
        raise ValueError(f"is not a whole number from 1 to {MAX_COUNT}")
    return int(text)


def _number(text: str) -> int:
    if text == "0":
        return 0
    try:
        return _count(text)
    except ValueError:
        raise ValueError(f"is not a whole number from 0 to {MAX_COUNT}") from None


def _factor(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 1 < factor <= MAX_COUNT:
        raise ValueError("is not a number above 1, such as 10")
    return factor


def _backoff(text: str) -> float:
    return 1.0 if text in ("1", "1.0") else _factor(text)


def _overlap(text: str) -> "tuple[str, float | None]":
    policy, equals, limit = text.partition("=")
    if policy not in POLICIES or (equals and policy != WAIT):
        raise ValueError("is not allow, skip, wait, wait=DURATION or replace")
    return policy, units.parse_duration(limit) if equals else None


def _ionice(text: str) -> "tuple[int, int]":
    name, colon, level = text.partition(":")
    io_class = IO_CLASSES.get(name, 0)
    if not io_class or (colon and (io_class == IO_IDLE or level not in IO_LEVELS)):
        raise ValueError("is not realtime[:0-7], best-effort[:0-7] or idle")
    return io_class, int(level) if level else (0 if io_class == IO_IDLE else 4)


def _tag(text: str) -> "tuple[str, str]":
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise ValueError("is not KEY=VALUE")
    return name, value


def _pattern(text: str) -> "tuple[str, str]":
    name, equals, expression = text.partition("=")
    if equals and name.replace("_", "").replace("-", "").isalnum():
        return name, expression
    return "own", text  # not refused: what was to be taken out would leave the machine


def _codes(text: str) -> "Any":
    from cronwrap.run import verdict

    return verdict.parse_codes(text)


def _expectation(text: str) -> "Any":
    from cronwrap.run import verdict

    return verdict.parse_expectation(text)


PARSERS: "dict[str, Callable[[str], Any]]" = {
    "text": _text,
    "choice": _text,
    "flag": _flag,
    "integer": _integer,
    "count": _count,
    "number": _number,
    "factor": _factor,
    "backoff": _backoff,
    "overlap": _overlap,
    "ionice": _ionice,
    "tag": _tag,
    "pattern": _pattern,
    "codes": _codes,
    "expression": _text,
    "expectation": _expectation,
    "duration": units.parse_duration,
    "size": units.parse_size,
    "signal": units.parse_signal,
    "umask": units.parse_umask,
}


def convert(option: Option, text: str) -> "Any":
    """Return the value that *text* stands for.

    Raises:
        ValueError: *text* is no such value; says why, to stand behind the text itself.
    """
    value = PARSERS[option.kind](text)
    if option.choices and value not in option.choices:
        raise ValueError(f"is not one of {', '.join(option.choices)}")
    return value


class Line:
    """A command line, taken apart; nothing in it has been converted yet.

    Attributes:
        given: the words of each option by its key, in order.
        command: the job, as the shell would be given it.
        problem: what is wrong with the line, or ""; then ``hint`` may say what to write.
        wants: ``--help``, ``-h`` or ``--version``, whichever stands among the options; else "".
    """

    __slots__ = ("command", "given", "hint", "problem", "wants")

    def __init__(self) -> None:
        self.given: dict[str, list[str]] = {}
        self.command: list[str] = []
        self.problem = self.hint = self.wants = ""


def parse(words: "list[str]") -> Line:
    """Take a command line apart: options up to ``--`` or the first other word, then the job."""
    line = Line()
    rest = list(words)
    while rest and rest[0] != "--" and rest[0].startswith("-") and rest[0] != "-":
        _take_option(line, rest)
        if line.wants:
            break
    if rest and rest[0] == "--":
        del rest[0]
    line.command = rest
    if not line.command:
        hint = "write it at the end: cronwrap --check NAME -- COMMAND [ARG]..."
        _wrong(line, "there is no command to run", hint)
    return line


def is_dry(line: Line, environ: "Mapping[str, str]") -> bool:
    """Tell whether nothing must be started; whoever says so in an odd way means it, too."""
    option = BY_KEY["dry_run"]
    return option.key in line.given or environ.get(option.variable, "").lower() not in FALSE


def _take_option(line: Line, rest: "list[str]") -> None:
    """Move the option that *rest* begins with into *line*.

    After a mistake the rest is still taken: it may name the check and where to report to.
    """
    word = rest.pop(0)
    flag, value = _split(word)
    option = BY_FLAG.get(flag)
    if flag in ("--help", "--version", "-h"):
        line.wants = flag
    elif option is None:
        _unknown(line, flag)
    elif option.kind == "flag":
        _take_flag(line, rest, option, flag, value)
    elif value is None and not rest:
        _wrong(line, f"option {flag} needs a value", f"write {flag} {option.metavar}")
    else:
        before = line.given.get(option.key, []) if option.multiple else []
        line.given[option.key] = [*before, rest.pop(0) if value is None else value]


def _split(word: str) -> "tuple[str, str | None]":
    """Return an option's flag and the value that is joined to it, or None.

    >>> _split("--timeout=30m"), _split("-t30m"), _split("-v")
    (('--timeout', '30m'), ('-t', '30m'), ('-v', None))
    """
    if word.startswith("--"):
        flag, equals, value = word.partition("=")
        return flag, value if equals else None
    return word[:2], word[2:] or None


def _take_flag(
    line: Line, rest: "list[str]", option: Option, flag: str, value: "str | None"
) -> None:
    if value is None:
        line.given[option.key] = ["true"]
    elif flag.startswith("--"):
        _wrong(line, f"option {flag} takes no value", f"write {flag} alone")
    else:  # -vt30m: the rest are options of their own
        line.given[option.key] = ["true"]
        rest.insert(0, f"-{value}")


def _unknown(line: Line, flag: str) -> None:
    from cronwrap.errors import nearest

    hint = nearest(flag, [known for known in BY_FLAG if known.startswith("--")])
    if not hint.startswith("did you mean"):
        hint = "put -- before the command; `cronwrap run --help` lists the options"
    _wrong(line, f"there is no option {flag}", hint)


def _wrong(line: Line, problem: str, hint: str) -> None:
    if not line.problem:  # the first mistake may be the cause of the others
        line.problem, line.hint = problem, hint
