"""Start the job just as cron would have: fork, undo what Python changed, exec.

fork and not posix_spawn, because the parent-death signal, the working directory, the umask and
priorities must be set in the child.  Everything that may fail in the child is told to the parent
through a pipe that exec closes, so that "not found" and "not executable" are known for sure.

What Python did to this process at its start, and the job must not see:
SIGPIPE and SIGXFSZ are ignored, and LC_CTYPE may have been put into the environment (PEP 538).
"""

import _signal
import errno
import fcntl
import os

from cronwrap.run.kernel import PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cronwrap.run.job import Job

PIPE_BYTES = 1024 * 1024
F_SETPIPE_SZ = 1031  # in fcntl only from Python 3.10 on, and only on Linux
NOT_FOUND, CANNOT_EXECUTE, CANNOT_PREPARE = 127, 126, 125
FAIL, NOT_STARTED = "fail", "not_started"  # event.py's, which is not loaded before the job starts


class NotStarted:
    """Why the job could not, or should not, be started.

    Attributes:
        exit_status: 127 not found, 126 cannot be executed, 125 cannot be run as the options ask;
            see run/gate.py for others.
        hint: what to do, or "".
        phase, reason: of the event that tells of it.
    """

    def __init__(
        self,
        exit_status: int,
        message: str,
        hint: str = "",
        *,
        phase: str = FAIL,
        reason: str = NOT_STARTED,
    ) -> None:
        self.exit_status = exit_status
        self.message = message
        self.hint = hint
        self.phase = phase
        self.reason = reason


class Child:
    """The started job.

    Attributes:
        pid: of the job.
        own_group: it leads a process group of its own, with its pid as number.
        pipes: (descriptor to read, descriptor of ours that it belongs to) for each captured stream.
    """

    __slots__ = ("own_group", "pid", "pipes")

    def __init__(self, pid: int, *, own_group: bool, pipes: "list[tuple[int, int]]") -> None:
        self.pid = pid
        self.own_group = own_group
        self.pipes = pipes


def has_terminal() -> bool:
    """Tell whether this process has a controlling terminal."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def original_lc_ctype() -> "bytes | None":
    """Return LC_CTYPE as this process was given it, before Python coerced it (PEP 538)."""
    try:
        fd = os.open("/proc/self/environ", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return os.environb.get(b"LC_CTYPE")
    with os.fdopen(fd, "rb") as file:
        for entry in file.read().split(b"\0"):
            if entry.startswith(b"LC_CTYPE="):
                return entry[9:]
    return None


def one_stream() -> bool:
    """Tell whether our standard output and error are the same file, as under cron.

    Then one pipe serves for both, which keeps the order of what the job writes exactly.
    """
    out, err = os.fstat(1), os.fstat(2)
    return (out.st_dev, out.st_ino) == (err.st_dev, err.st_ino)


def start(
    job: "Job",
    variables: "list[tuple[bytes, bytes]]",
    ignored: "set[int]",
    prctl: "Callable[[int, int], bool]",
    meanwhile: "Callable[[], None]",
) -> "Child | NotStarted":
    """Start *job* with all signals blocked in this process; the caller unblocks them.

    Args:
        job: what to start.
        variables: to add to its environment.
        ignored: the signals that this process was told to ignore when it began.
        prctl: kernel.load_prctl's.
        meanwhile: what to do while the child makes for exec; must not raise.

    Returns:
        the child, or why there is none; then nothing of it is left.
    """
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    own_group = not has_terminal()
    pipes = [] if job.no_capture else _make_pipes(apart=job.fail_on_stderr)
    status_read, status_write = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        stage = ["prepare"]
        try:
            prctl(PR_SET_PDEATHSIG, _signal.SIGKILL)
            if os.getppid() != parent:  # it died before the signal was asked for
                os._exit(CANNOT_PREPARE)
            if own_group:
                os.setpgid(0, 0)
            _connect(pipes)
            _restore_signals(ignored)
            _apply(job, stage)
            _set_environment(variables)
            stage[0] = "exec"
            _exec([os.fsencode(word) for word in job.command], stage)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
            number = getattr(error, "errno", None) or 0
            text = os.fsdecode(getattr(error, "filename", None) or str(error))
            os.write(status_write, os.fsencode(f"{stage[0]}\0{number}\0{text}"))
        finally:
            os._exit(CANNOT_PREPARE)
    os.close(status_write)
    for _, write, _ in pipes:
        os.close(write)
    os.sched_yield()  # where there is one processor, the child goes first
    meanwhile()
    failure = os.read(status_read, 4096)
    os.close(status_read)
    if failure:
        os.waitpid(pid, 0)
        for read, _, _ in pipes:
            os.close(read)
        return _explain(job, failure)
    return Child(pid, own_group=own_group, pipes=[(read, ours[0]) for read, _, ours in pipes])


def _make_pipes(*, apart: bool) -> "list[tuple[int, int, tuple[int, ...]]]":
    """Return (read end, write end, the descriptors of the job it stands for) for each stream.

    With *apart* there are two in any case, to know what is written to standard error.
    """
    streams: list[tuple[int, ...]] = [(1, 2)] if one_stream() and not apart else [(1,), (2,)]
    pipes = []
    for ours in streams:
        read, write = os.pipe()
        os.set_blocking(read, False)
        try:
            fcntl.fcntl(read, F_SETPIPE_SZ, PIPE_BYTES)
        except OSError:
            pass  # this user has many pipes already: the default size serves
        pipes.append((read, write, ours))
    return pipes


def _connect(pipes: "list[tuple[int, int, tuple[int, ...]]]") -> None:
    for _, write, ours in pipes:
        for fd in ours:
            os.dup2(write, fd)


def _restore_signals(ignored: "set[int]") -> None:
    """Give every signal the disposition that cron gave it, and let all of them through."""
    for number in _signal.valid_signals():
        if _signal.getsignal(number) not in (None, _signal.SIG_DFL) and number not in ignored:
            _signal.signal(number, _signal.SIG_DFL)
    for number in ignored:
        _signal.signal(number, _signal.SIG_IGN)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, ())


def _apply(job: "Job", stage: "list[str]") -> None:
    if job.chdir:
        stage[0] = "chdir"
        os.chdir(job.chdir)
    if job.umask is not None:
        os.umask(job.umask)
    if job.nice:
        stage[0] = "nice"
        os.nice(job.nice)
    if job.ionice:
        stage[0] = "ionice"
        from cronwrap.run.proctree import set_io_priority

        set_io_priority(*job.ionice)


def _set_environment(variables: "list[tuple[bytes, bytes]]") -> None:
    """Change the C library's environment in place, so that all else in it stays byte for byte."""
    lc_ctype = original_lc_ctype()
    if lc_ctype is None:
        os.unsetenv(b"LC_CTYPE")
        os.environb.pop(b"LC_CTYPE", None)
    else:
        os.putenv(b"LC_CTYPE", lc_ctype)
    for name, value in variables:
        os.environb[name] = value


def _exec(argv: "list[bytes]", stage: "list[str]") -> None:
    """Find and execute *argv* as execvp(3) does, a script without ``#!`` included.

    Raises:
        OSError: with the file that could not be executed; at stage "search" with PATH.
    """
    search = b""
    candidates = [argv[0]]
    if b"/" not in argv[0]:
        search = os.environb.get(b"PATH", os.fsencode(os.defpath))
        directories = search.split(b":") if argv[0] else []
        candidates = [os.path.join(directory or b".", argv[0]) for directory in directories]
    found: OSError | None = None
    for path in candidates:
        try:
            _exec_file(path, argv)
        except OSError as error:
            if b"/" not in argv[0] and not os.path.isfile(path):
                continue  # what every shell passes over, a directory of that name too
            found = found or OSError(error.errno, error.strerror, path)
            if error.errno not in (errno.EACCES, errno.ENOENT):
                break
    if found is None:
        stage[0] = "search"
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), search)
    raise found


def _exec_file(path: bytes, argv: "list[bytes]") -> None:
    try:
        os.execv(path, argv)  # noqa: S606 - no shell is the point
    except OSError as error:
        if error.errno != errno.ENOEXEC:
            raise
        os.execv(b"/bin/sh", [b"/bin/sh", path, *argv[1:]])  # noqa: S606 - as every shell does


def _explain(job: "Job", failure: bytes) -> NotStarted:
    """Return what the child said through the pipe, in words for a person."""
    stage, number_text, text = os.fsdecode(failure).split("\0", 2)
    number = int(number_text)
    reason = os.strerror(number) if number else text
    if stage == "search":
        return _explain_search(job, text)
    if stage == "exec":
        return _explain_exec(job, number, os.path.join(job.chdir or "", text))
    what = {
        "chdir": (f"cannot change to directory {job.chdir}", "check --chdir"),
        "nice": (f"cannot set nice value {job.nice}", "only root may lower a nice value"),
        "ionice": ("cannot set the I/O priority", "only root may ask for class realtime"),
    }.get(stage, ("cannot prepare the job", ""))
    return NotStarted(CANNOT_PREPARE, f"{what[0]}: {reason}", what[1])


def _explain_search(job: "Job", search: str) -> NotStarted:
    command = job.command[0]
    message = f"cannot run {command!r}: there is no such command in PATH ({search})"
    hint = "cron starts jobs with a short PATH: write the command's full path"
    if not command:
        message, hint = "cannot run '': the command is empty", "is a variable in it not set?"
    return NotStarted(NOT_FOUND, message, hint)


def _explain_exec(job: "Job", number: int, path: str) -> NotStarted:
    command = job.command[0]
    shown = repr(command) if os.path.join(job.chdir or "", command) == path else f"{path!r}"
    if number == errno.ENOENT and not os.path.exists(path):
        hint = ""
        if not os.path.isabs(command):
            hint = "cron starts jobs in the home directory: write the full path, or give --chdir"
        return NotStarted(NOT_FOUND, f"cannot run {shown}: there is no such file", hint)
    reason, hint = os.strerror(number), ""
    if os.path.isdir(path):
        reason = "it is a directory"
    elif number == errno.ENOENT:
        reason, hint = _explain_interpreter(path, "is missing")
    elif number == errno.EACCES:
        reason, hint = _explain_denied(path, reason)
    return NotStarted(CANNOT_EXECUTE, f"cannot run {shown}: {reason}", hint)


def _explain_denied(path: str, reason: str) -> "tuple[str, str]":
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return reason, "this user may not enter its directory"
    if not mode & 0o111:
        return "it is not executable", f"chmod +x {path}"
    if not os.access(path, os.X_OK):
        return reason, "this user may not execute it, or its file system is mounted noexec"
    return _explain_interpreter(path, "cannot be executed")


def _explain_interpreter(path: str, what: str) -> "tuple[str, str]":
    """Return what is wrong with the program that is to execute the file *path*."""
    try:
        with open(path, "rb") as file:
            first = file.read(256).split(b"\n")[0]
    except OSError:
        first = b""
    if not first.startswith(b"#!"):
        return f"the loader that it needs {what}", "is it made for this system?"
    words = first[2:].decode(errors="backslashreplace").split()
    windows = first.endswith(b"\r")
    hint = f"the file has Windows line ends: sed -i 's/\\r$//' {path}" if windows else ""
    return f"its interpreter {words[0] if words else ''} {what}", hint
