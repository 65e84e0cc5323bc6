"""Configuration files: found, read, and taken apart into tables that know where they stand.

Read before the job is started, so tomli is imported only where there is a file, and for a run in
a child that is gone again before the job is there: what waits for hours with the job would else
be 2 MB larger.  A mistake in one table costs that table, not the file: what is wrong with one
endpoint, or with another check, must not stop a job.  What the values mean is said elsewhere
(run/options.py, services/).
"""

import os

from cronwrap.errors import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from cronwrap.toml_file import Parsed

SYSTEM_FILE = "/etc/cronwrap/config.toml"
MAX_BYTES = 4 * 1024 * 1024
SECTIONS = ("defaults", "checks", "endpoints", "services", "history", "lint")


class Table:
    """A table of a configuration file.

    Attributes:
        path: of the file.
        name: as in its header, without the brackets ("checks.sync_invoices").
    """

    __slots__ = ("name", "path", "values")

    def __init__(self, path: str, name: str, values: "dict[str, Any]") -> None:
        self.path = path
        self.name = name
        self.values = values

    @property
    def origin(self) -> str:
        """Where it stands, for messages: ``/etc/cronwrap/config.toml: [defaults]``."""
        return f"{self.path}: [{self.name}]"


class Problem:
    """A mistake in a file that could not be read as a whole, or in a table's header.

    Attributes:
        table: name of the table that is lost by it, or "" where that cannot be told.
    """

    __slots__ = ("hint", "message", "table")

    def __init__(self, message: str, hint: str = "", table: str = "") -> None:
        self.message = message
        self.hint = hint
        self.table = table


class Config:
    """All configuration files together; of two tables with one name the later file's wins.

    Attributes:
        defaults: ``[defaults]`` of each file, in order.
        checks: the tables ``[checks.NAME]`` of each file by NAME, in order.
        endpoints, services: tables by name.
        history: ``[history]`` of each file, in order.
        lint: ``[lint]`` of each file, in order.
        problems: what could not be read.
        files: that were read, with their permission bits.
    """

    __slots__ = (
        "checks", "defaults", "endpoints", "files", "history", "lint", "problems", "services",
    )  # fmt: skip

    def __init__(self) -> None:
        self.defaults: list[Table] = []
        self.checks: dict[str, list[Table]] = {}
        self.history: list[Table] = []
        self.lint: list[Table] = []
        self.endpoints: dict[str, Table] = {}
        self.services: dict[str, Table] = {}
        self.problems: list[Problem] = []
        self.files: list[tuple[str, int]] = []


def files(
    given: "Mapping[str, list[str]]", environ: "Mapping[str, str]"
) -> "list[tuple[str, bool]]":
    """Return the files of a run, each with whether it must be there.

    Args:
        given: the words of each option on its command line.
        environ: of this process.
    """
    return paths(environ, given.get("config", [environ.get("CRONWRAP_CONFIG", "")])[-1])


def paths(environ: "Mapping[str, str]", chosen: str = "") -> "list[tuple[str, bool]]":
    """Return the files to read, each with whether it must be there.

    Args:
        environ: of this process.
        chosen: the file that a person named (``--config``, ``CRONWRAP_CONFIG``), or "".
    """
    if chosen:
        return [(chosen, True)]
    home = environ.get("HOME") or _home_of_user()
    return [(SYSTEM_FILE, False), (f"{home}/.config/cronwrap/config.toml", False)]


def _home_of_user() -> str:
    import pwd  # cron sets HOME; containers and systemd may not

    try:
        return pwd.getpwuid(os.geteuid()).pw_dir
    except KeyError:
        return "/nonexistent"


def load(files: "list[tuple[str, bool]]") -> Config:
    """Read *files* in order, each with whether it must be there.

    Whatever is wrong with them is in the result's problems.
    """
    return begin(files, start=lambda path, data: lambda: parse(path, data))()


def load_apart(files: "list[tuple[str, bool]]") -> "Callable[[], Config]":
    """Do the same in children; return at once, with a function that waits and returns it."""
    return begin(files, start=_start_parsing)


def begin(
    files: "list[tuple[str, bool]]",
    *,
    start: "Callable[[str, bytes], Callable[[], Parsed]]",
) -> "Callable[[], Config]":
    """Read *files*, have *start* begin to parse each, and return what puts all together."""
    config = Config()
    parsing = []
    for path, required in files:
        data = _read(path, required=required, config=config)
        if data.strip():
            parsing.append((path, start(path, data)))

    def finish() -> Config:
        for path, parsed in parsing:
            document, problems = parsed()
            config.problems += [Problem(*problem) for problem in problems]
            _add(config, path, document)
        return config

    return finish


def _read(path: str, *, required: bool, config: Config) -> bytes:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a FIFO must not hold us
    except (FileNotFoundError, NotADirectoryError):
        if required:
            config.problems.append(Problem(f"{path}: there is no such configuration file"))
        return b""
    except OSError as error:
        config.problems.append(_unreadable(path, error))
        return b""
    try:
        config.files.append((path, os.fstat(fd).st_mode))
        data = b""
        while len(data) <= MAX_BYTES and (piece := os.read(fd, 65536)):
            data += piece
    except OSError as error:
        config.problems.append(_unreadable(path, error))
        return b""
    finally:
        os.close(fd)
    if len(data) > MAX_BYTES:
        message = f"{path}: the configuration is larger than {MAX_BYTES >> 20} MiB, and not read"
        config.problems.append(Problem(message, "is it the right file?"))
        return b""
    return data


def _unreadable(path: str, error: OSError) -> Problem:
    hint = ""
    if isinstance(error, PermissionError):
        hint = "let this user read it, or name another with CRONWRAP_CONFIG"
    return Problem(f"{path}: the configuration cannot be read: {error.strerror}", hint)


def parse(path: str, data: bytes) -> "Parsed":
    """Return the document in *data*, and what of it is lost."""
    from cronwrap import toml_file  # with tomli: only where there is a file

    return toml_file.parse(path, data)


def _start_parsing(path: str, data: bytes) -> "Callable[[], Parsed]":
    """Begin to parse in a child; return a function that waits for what it has to say.

    The child itself is waited for when the job runs (run/loop.py waits for all).
    """
    import gc
    import marshal

    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            gc.disable()  # there is a job to start
            with os.fdopen(write, "wb") as answer:
                answer.write(marshal.dumps(parse(path, data)))
        finally:
            os._exit(0)
    os.close(write)

    def finish() -> "Parsed":
        with os.fdopen(read, "rb") as answer:
            said = answer.read()
        try:
            parsed: Parsed = marshal.loads(said)  # noqa: S302 - from a child of ours
        except (EOFError, ValueError, TypeError):
            return parse(path, data)
        return parsed

    return finish


def _add(config: Config, path: str, document: "dict[str, Any]") -> None:
    for section, values in document.items():
        if section not in SECTIONS:
            hint = nearest(section, list(SECTIONS))
            if not isinstance(values, dict):
                hint = "a key stands below a header: [defaults] or [checks.NAME]"
            message = f"{path}: there is no table or key {section!r}"
            config.problems.append(Problem(message, hint))
        elif not isinstance(values, dict):
            message = f"{path}: {section} is not a table"
            hint = f"write [{section}] on a line of its own"
            config.problems.append(Problem(message, hint, section))
        elif section == "defaults":
            config.defaults.append(Table(path, section, values))
        elif section == "history":
            config.history.append(Table(path, section, values))
        elif section == "lint":
            config.lint.append(Table(path, section, values))
        else:
            _add_named(config, path, section, values)


def _add_named(config: Config, path: str, section: str, tables: "dict[str, Any]") -> None:
    for name, values in tables.items():
        if not isinstance(values, dict):
            message = f"{path}: {section}.{name} is not a table"
            hint = f"write [{section}.NAME] on a line of its own, and the keys below it"
            config.problems.append(Problem(message, hint, f"{section}.{name}"))
            continue
        table = Table(path, f"{section}.{name}", values)
        if section == "checks":
            config.checks.setdefault(name, []).append(table)
        else:
            (config.endpoints if section == "endpoints" else config.services)[name] = table
