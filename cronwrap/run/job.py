"""From words to a Job: the levels of configuration put together, and what is wrong in them.

Later wins: built-in, ``[defaults]`` of each file, ``[checks.NAME]`` of each file, environment,
command line.  A mistake in an option that changes how the job runs stops it; any other mistake
is told, and the next lower level's value holds.
"""

import os

from cronwrap import config as config_files
from cronwrap.run import options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from cronwrap.config import Config
    from cronwrap.run.options import Line, Option


BUILT_IN = "built-in"


class Level:
    """One place that gives options: a table, the environment or the command line.

    Attributes:
        origin: where, for people.
        given: what is written there, by the option's key.
    """

    __slots__ = ("given", "kind", "origin")

    def __init__(self, kind: str, origin: str, given: "Mapping[str, Any]") -> None:
        self.kind = kind
        self.origin = origin
        self.given = given

    def where(self, option: "Option") -> str:
        """Return how a person finds *option* at this level."""
        if self.kind == "line":
            return f"option --{option.name}"
        return f"environment {option.variable}" if self.kind == "environment" else self.origin


class Job:
    """All that is to be done, decided before anything is started.

    Attributes:
        check: name of the check.
        command: argv.
        values: the value of each option by its key.
        origins: where each value was given, by the option's key; BUILT_IN for a default.
        config: the files' endpoints and services.
        warnings: mistakes that do not stop the job, as (message, hint).
        doubts: mistakes in what counts as success, which the report of the end tells, too.
        fatal: the mistake that does, as (message, hint), or None.
    """

    __slots__ = ("check", "command", "config", "doubts", "fatal", "origins", "values", "warnings")

    def __init__(self, command: "list[str]", config: "Config") -> None:
        self.check = ""
        self.command = command
        self.config = config
        self.values: dict[str, Any] = {}
        self.origins: dict[str, str] = {}
        self.warnings: list[tuple[str, str]] = []
        self.doubts: list[str] = []
        self.fatal: tuple[str, str] | None = None

    def __getattr__(self, key: str) -> "Any":
        """Return the value of the option with this key: ``job.timeout``."""
        try:
            return self.values[key]
        except KeyError:
            raise AttributeError(key) from None

    def stop(self, message: str, hint: str = "") -> None:
        """Say that the job must not run; the first reason is the one that is told."""
        self.fatal = self.fatal or (message, hint)


def assemble(line: "Line", environ: "Mapping[str, str]", config: "Config | None" = None) -> Job:
    """Return the job that *line* asks for under *environ* and *config*, else its usual files."""
    config = config or config_files.load(config_files.files(line.given, environ))
    job = Job(line.command, config)
    outer = [Level("environment", "environment", _from_environment(environ))]
    outer.append(Level("line", "command line", line.given))
    job.check = _check_name(job, outer)
    levels = [*_file_levels(job), *outer]
    for option in options.OPTIONS:
        if option.key != "check":
            job.values[option.key], job.origins[option.key] = _value(job, option, levels)
    _judge_files(job)
    job.warnings += _without_effect(job)
    if line.problem:
        job.stop(line.problem, line.hint)
    return job


def _from_environment(environ: "Mapping[str, str]") -> "dict[str, Any]":
    given: dict[str, Any] = {}
    for option in options.OPTIONS:
        text = environ.get(option.variable)
        if text:  # set but empty is as good as not set: a crontab cannot unset
            words = text.splitlines() if option.kind in options.LINES else text.split()
            given[option.key] = words if option.multiple else text
    return given


def _check_name(job: Job, levels: "list[Level]") -> str:
    given, origin = _value(job, options.BY_KEY["check"], levels)
    job.origins["check"] = origin
    name = str(given or "")
    if not name:
        name = os.path.basename(job.command[0]) if job.command else ""
        job.origins["check"] = "the command"
    return name or "unnamed"


def _file_levels(job: Job) -> "Iterator[Level]":
    for table in [*job.config.defaults, *job.config.checks.get(job.check, [])]:
        known = {}
        for key, value in table.values.items():
            option = options.BY_KEY.get(key)
            if option is not None and option.level == "any":
                known[key] = value
            else:
                job.warnings.append(_unknown_key(table.path, table.name, key))
        yield Level("file", table.origin, known)


def _unknown_key(path: str, table: str, key: str) -> "tuple[str, str]":
    from cronwrap.errors import nearest

    keys = [option.key for option in options.OPTIONS if option.level == "any"]
    if key in options.BY_KEY:
        flag = f"--{options.BY_KEY[key].name}"
        return f"{path}: [{table}]: {key} cannot be set in a file", f"give it as {flag}"
    line = line_of(path, table, key)
    return f"{path}{line}: [{table}]: there is no key {key!r}", nearest(key, keys)


def line_of(path: str, table: str, key: str) -> str:
    """Return ``:N`` with the line of *key* in *table* of a file, or "" where it is not found."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return ""
    inside = False
    for number, line in enumerate(lines, 1):
        word = line.strip()
        if word.startswith("["):
            inside = word.startswith(f"[{table}]") or word.replace('"', "").startswith(f"[{table}]")
        elif inside and word.split("=")[0].strip().strip("\"'") == key:
            return f":{number}"
    return ""


def _value(job: Job, option: "Option", levels: "list[Level]") -> "tuple[Any, str]":
    """Return the value of *option*, from the highest level that gives a right one."""
    for level in reversed(levels):
        if option.key not in level.given:
            continue
        try:
            return _convert(option, level.given[option.key]), level.where(option)
        except ValueError as error:
            message = f"{level.where(option)}: {option.key} {error}"
            if option.execution:
                job.stop(message, "the job did not run: this option says how it is to run")
            else:
                job.warnings.append((f"{message}; it is left out", ""))
                if option.topic == options.VERDICT:
                    job.doubts.append(f"{message}; it was left out")
    return (list(option.default or ()) if option.multiple else option.default), BUILT_IN


def _convert(option: "Option", written: "Any") -> "Any":
    """Return the value of what a file, the environment or the command line says.

    A file may use TOML's own types: ``timeout = 90``, ``tag = {team = "billing"}``.
    """
    if isinstance(written, dict):
        if option.kind not in ("tag", "pattern"):
            raise ValueError("is a table")
        return [(str(name), str(value)) for name, value in written.items()]
    if isinstance(written, list):
        values = [_convert_one(option, one) for one in written]
        if option.multiple:
            return values
        if not values:
            raise ValueError("is an empty list")
        return values[-1]
    value = _convert_one(option, written)
    return [value] if option.multiple else value


def _convert_one(option: "Option", written: "Any") -> "Any":
    text = str(written)
    kinds: tuple[type, ...] = (str, bool) if option.kind == "flag" else (str, int, float)
    if option.kind == "umask":  # 0o022 in TOML is the number 18, and would be read as mask 018
        kinds = (str,)
    try:
        if not isinstance(written, kinds) or (isinstance(written, bool) and bool not in kinds):
            raise ValueError("has the wrong type")  # noqa: TRY301 - as all mistakes here
        return options.convert(option, text)
    except ValueError as error:
        raise ValueError(f"{text!r} {error}") from None


def _without_effect(job: Job) -> "Iterator[tuple[str, str]]":
    """Tell of options on the command line that do nothing as it stands."""
    allowed = bool(job.overlap) and job.overlap[0] == "allow"
    for option in options.OPTIONS:
        if not job.origins.get(option.key, "").startswith("option "):
            continue
        if allowed and (option.needs is options.LOCKING or option.key in options.LOCKING[1:]):
            yield f"--{option.name} has no effect with --overlap allow", "leave one of them out"
        elif option.needs and all(job.origins[key] == BUILT_IN for key in option.needs):
            needs = " or ".join(f"--{options.BY_KEY[key].name}" for key in option.needs)
            yield f"--{option.name} has no effect without {needs}", "give both, or neither"


def _judge_files(job: Job) -> None:
    """Sort the files' problems: what may have changed how this job runs stops it."""
    for problem in job.config.problems:
        if problem.table in ("defaults", f"checks.{job.check}"):
            job.stop(
                problem.message, problem.hint or "the job did not run: its own settings stand there"
            )
        else:
            job.warnings.append((problem.message, problem.hint))
