"""Configuration files: found, read, and taken apart into tables that know where they stand.

Read before the job is started, so tomli is imported only where there is a file, and for a run in
a child that is gone again before the job is there: what waits for hours with the job would else
be 2 MB larger.  A mistake in one table costs that table, not the file: what is wrong with one endpoint, or with another check,
must not stop a job.  What the values mean is said elsewhere (run/options.py, services/).
"""

import os

from cronwrap.errors import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    import tomli

    # A document, and (message, hint, table) of each mistake in it.
    Parsed = tuple[dict[str, Any], list[tuple[str, str, str]]]

SYSTEM_FILE = "/etc/cronwrap/config.toml"
MAX_BYTES = 4 * 1024 * 1024
MOST_BRACKETS = 64  # lines that begin with one, in a single value
SECTIONS = ("defaults", "checks", "endpoints", "services")


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
        problems: what could not be read.
        files: that were read, with their permission bits.
    """

    __slots__ = ("checks", "defaults", "endpoints", "files", "problems", "services")

    def __init__(self) -> None:
        self.defaults: list[Table] = []
        self.checks: dict[str, list[Table]] = {}
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
    return begin(files, start=lambda path, data: lambda: _parse(path, data))()


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


def _parse(path: str, data: bytes) -> "Parsed":
    """Return the document in *data*, and what of it is lost."""
    import tomli

    text, problems = _decode(path, data)
    try:
        return _plain(tomli.loads(text)), problems
    except tomli.TOMLDecodeError as error:
        document, lost = _salvage(path, text, error)
        return document, problems + lost
    except RecursionError:
        return {}, [(f"{path}: brackets are nested too deeply", "", "")]


def _decode(path: str, data: bytes) -> "tuple[str, list[tuple[str, str, str]]]":
    """Return *data* as text; what is no UTF-8 may stand in a comment, so it costs a word at most."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode(), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"{path}:{line}: not UTF-8; the characters that are not are read as \ufffd"
        return data.decode(errors="replace"), [(message, "save the file as UTF-8", "")]


def _start_parsing(path: str, data: bytes) -> "Callable[[], Parsed]":
    """Begin to parse in a child; return a function that waits for what it has to say."""
    import marshal

    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            with os.fdopen(write, "wb") as answer:
                answer.write(marshal.dumps(_parse(path, data)))
        finally:
            os._exit(0)
    os.close(write)

    def finish() -> "Parsed":
        with os.fdopen(read, "rb") as answer:
            said = answer.read()
        try:
            os.waitpid(pid, 0)
        except ChildProcessError:
            pass  # SIGCHLD was ignored when we began: the kernel has done it
        try:
            parsed: Parsed = marshal.loads(said)  # noqa: S302 - from a child of ours
        except (EOFError, ValueError, TypeError):
            return _parse(path, data)
        return parsed

    return finish


def _plain(value: "Any") -> "Any":
    """Return *value* with TOML's dates and times as text."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, (str, int, float)) else str(value)


def _salvage(path: str, text: str, error: "tomli.TOMLDecodeError") -> "Parsed":
    """Parse *text*, which has *error*, table by table, and leave out those with a mistake."""
    whole: dict[str, Any] = {}
    problems = []
    lines = text.split("\n")
    starts = [0, *(number for number, line in enumerate(lines) if line.lstrip().startswith("["))]
    ends = [*starts[1:], len(lines)]
    place = 0
    while place < len(starts):
        start = starts[place]
        parsed, wrong, place = _parse_table(lines, start, ends, place)
        if wrong is None:
            _merge(whole, _plain(parsed))
        else:
            problems.append(_mistake(path, wrong, start, _table_of(lines[start])))
    if not problems:  # each table is right by itself: one stands there twice
        line = _line_of(error)
        header = max((start for start in starts if start < line), default=0)
        problems.append(_mistake(path, error, 0, _table_of(lines[header])))
    return whole, problems


def _parse_table(
    lines: "list[str]", start: int, ends: "list[int]", place: int
) -> "tuple[dict[str, Any], tomli.TOMLDecodeError | None, int]":
    """Parse the table from line *start* on; return it, or its mistake, and the place of the next.

    A line with a bracket at its front may be within an array or a string of several lines; so
    where the text ends too soon, more of it is tried.
    """
    import tomli

    first: tomli.TOMLDecodeError | None = None
    for last in range(place, min(place + MOST_BRACKETS, len(ends))):
        try:
            return tomli.loads("\n".join(lines[start : ends[last]])), None, last + 1
        except tomli.TOMLDecodeError as error:
            first = first or error
            if "end of document" not in str(error):
                break
    return {}, first, place + 1


def _mistake(
    path: str, error: "tomli.TOMLDecodeError", lines_before: int, table: str
) -> "tuple[str, str, str]":
    where = f"{path}:{lines_before + _line_of(error)}"
    what = f"[{table}] is not TOML" if table else "not TOML"
    return f"{where}: {what}: {getattr(error, 'msg', error)}", "", table


def _line_of(error: "tomli.TOMLDecodeError") -> int:
    return getattr(error, "lineno", 1) or 1


def _table_of(header: str) -> str:
    """Return the name of the table of ours that a header begins: "checks.NAME", "" for none.

    >>> _table_of('  [ checks . "a.b" ]  # nightly'), _table_of("[checks.my job]")
    ('checks.a.b', 'checks.my job')
    """
    import tomli

    names: list[str] = []
    try:
        table: Any = tomli.loads(header)
        while isinstance(table, dict) and table:
            names, table = [*names, *table], next(iter(table.values()))
    except tomli.TOMLDecodeError:
        if header.lstrip().startswith("["):
            inside = header.strip().strip("[").partition("]")[0]
            names = [name.strip(" \t\"'") for name in inside.split(".", 1)]
    if names[:1] == ["defaults"]:
        return "defaults"
    return ".".join(names[:2]) if len(names) > 1 else ""


def _merge(into: "dict[str, Any]", more: "dict[str, Any]") -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


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
