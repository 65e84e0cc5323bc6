"""Where a command of a job runs: in which directory, with which PATH, and which files it runs."""

import posixpath
import re
from collections.abc import Iterator
from typing import NamedTuple

from cronwrap.lint.host import User
from cronwrap.lint.lines import Job
from cronwrap.lint.shell import Command, Node, Script, Word, kept
from cronwrap.lint.unwrap import SHELLS

# What a shell does by itself.
BUILTINS = frozenset({
    "!", ".", ":", "[", "[[", "]]", "alias", "bg", "bind", "break", "builtin", "caller", "case",
    "cd", "command", "compgen", "complete", "compopt", "continue", "coproc", "declare", "dirs",
    "disown", "do", "done", "echo", "elif", "else", "enable", "esac", "eval", "exec", "exit",
    "export", "false", "fc", "fg", "fi", "for", "function", "getopts", "hash", "help", "history",
    "if", "in", "jobs", "kill", "let", "local", "logout", "mapfile", "popd", "printf", "pushd",
    "pwd", "read", "readarray", "readonly", "return", "select", "set", "shift", "shopt", "source",
    "suspend", "test", "then", "time", "times", "trap", "true", "type", "typeset", "ulimit",
    "umask", "unalias", "unset", "until", "wait", "while", "{", "}",
})  # fmt: skip
# What reads a script that is its first operand, by the beginning of the name.
_INTERPRETER = re.compile(
    r"(?:python|php|perl|ruby|node|Rscript|bash|dash|sh|zsh|ksh|ash|pypy)[\d.]*"
)
# Options after which no file follows that is a script.
_NO_SCRIPT = re.compile(r"-(?:[a-zA-Z]*[cmeErR]|-eval|-print|-run|-version|-help|f|V|v)\b.*")
_CHECKS = frozenset({"[", "[[", "test", "command", "which", "type", "hash"})
# What sets variables that the crontab does not show.
_SETTERS = frozenset({".", "source", "eval", "nvm", "conda", "pyenv", "workon", "module", "rvm"})
# What runs a command elsewhere, or with another environment than the job's.
_ELSEWHERE = frozenset({
    "chroot", "doas", "gosu", "runuser", "setpriv", "su", "su-exec", "sudo", "systemd-run",
    "unshare",
})  # fmt: skip
# What puts files somewhere.
_MAKERS = frozenset({
    "cp", "curl", "git", "install", "ln", "mount", "mv", "rsync", "sshfs", "tar", "unzip", "wget",
})  # fmt: skip
_HOME = re.compile(r"(?:~|\$HOME|\$\{HOME\})(?=/|\Z)")


class Ran(NamedTuple):
    """A file that a job runs.

    Attributes:
        command: that runs it.
        word: that names it.
        path: absolute; "" if it is not known, or not asked for.
        how: "program", "script" (of an interpreter) or "sourced".
    """

    command: Command
    word: Word
    path: str
    how: str


def runs_as(job: Job) -> str:
    """Return the name of the user that runs the job; "" if it is not known."""
    return job.user.text if job.user is not None else job.file.owner


def home(job: Job) -> str:
    """Return HOME, which is where cron starts the job; "" if it is not known."""
    given = job.value("HOME")
    if given is not None:
        return given if given.startswith("/") else ""
    host, name = job.file.host, runs_as(job)
    user = host.user(name) if host is not None and name else None
    return user.home if user is not None else ""


def outer(job: Job, node: Node) -> Iterator[Command]:
    """Yield the commands that run what *node* is in."""
    for command in job.script.commands():
        around = command.start <= node.start and node.end <= command.end
        if around and command is not node and command.wrapped is not None:
            yield command


def is_elsewhere(job: Job, node: Node) -> bool:
    """Tell whether *node* runs as another user, in another root or in a login shell."""
    return any(_is_other(command) for command in outer(job, node))


def _is_other(command: Command) -> bool:
    program = command.program
    if program in SHELLS:
        return any(re.match(r"-(?:[a-z]*[il][a-z]*|-login)\Z", value) for value in command.values)
    return program in _ELSEWHERE or (
        program == "env" and bool(command.values[:1] in (["-i"], ["-"]))
    )


def sets_more(job: Job, node: Node) -> bool:
    """Tell whether something before *node* may set variables of any name."""
    return any(
        command.start < node.start and command.program in _SETTERS
        for command in job.script.commands()
    ) or any(command.program in SHELLS and _is_other(command) for command in outer(job, node))


def is_assigned(job: Job, name: str, node: Node) -> bool:
    """Tell whether the line itself gives *name* a value before *node*, or around it."""
    return any(
        one.name.rstrip("+") == name and one.start < node.start for one in job.script.assigns()
    ) or any(
        value.startswith(f"{name}=")
        for command in job.script.commands()
        if command.start <= node.start
        for value in command.values
    )


def has_own_path(job: Job, node: Node) -> bool:
    """Tell whether the line itself changes PATH for *node*."""
    return (
        is_assigned(job, "PATH", node)
        or (isinstance(node, Command) and any(one.name == "PATH" for one in node.assigns))
        or sets_more(job, node)
        or is_elsewhere(job, node)
    )


def is_guarded(job: Job, name: str) -> bool:
    """Tell whether the line asks first whether the program or file *name* is there."""
    for command in job.script.commands():
        if command.program in _CHECKS:
            for value in command.values:
                found = resolved(job, command, value) or value
                inside = found.startswith("/") and name.startswith(found.rstrip("/") + "/")
                if name == found or inside or _is_missing(job, found):
                    return True
    return False


def _is_missing(job: Job, path: str) -> bool:
    host = job.file.host
    return host is not None and path.startswith("/") and not host.exists(path)


def directory(job: Job, node: Node) -> str:
    """Return the directory that *node* runs in; "" if it is not known."""
    place = home(job)
    for command in job.script.commands():
        if command.start >= node.start:
            break
        if command.program not in ("cd", "pushd"):
            continue
        if not _stays(job.script, command, node) or command.wrapper is not None:
            return ""
        operands = [value for value in command.values if value not in ("-P", "-L", "--")]
        target = operands[0] if operands else "~"
        place = _join(job, place, target)
        if len(operands) > 1 or not place:
            return ""
    moved = any(
        value.startswith(("-C", "-D", "--chdir", "--directory"))
        for one in outer(job, node)
        for value in one.values
    )
    return "" if moved or is_elsewhere(job, node) else place


def _stays(script: Script, change: Command, node: Node) -> bool:
    """Tell whether the list that *change* stands in is the one around *node*, or further out."""
    around = [
        one for one in script.scripts() if one.start <= change.start and change.end <= one.end
    ]
    inner = min(around, key=lambda one: one.end - one.start)
    return inner.start <= node.start and node.end <= inner.end


def _join(job: Job, place: str, target: str) -> str:
    match = _HOME.match(target)
    if match:
        place, target = home(job), "." + target[match.end() :]
    if re.search(r"[$`*?\[~\\\n]", target) or target == "-":
        return ""
    if target.startswith("/"):
        return posixpath.normpath(target)
    return posixpath.normpath(posixpath.join(place, target)) if place else ""


def resolved(job: Job, node: Node, text: str) -> str:
    """Return *text*, a path, as an absolute one; "" if it is not known."""
    if text.startswith("/"):
        return _join(job, "", text)
    return _join(job, "" if _HOME.match(text) else directory(job, node), text)


def files(job: Job) -> Iterator[Ran]:
    """Yield the files that the job runs by a path, or gives to an interpreter."""
    jailed = "chroot" in job.command.text
    for ran in named_files(job.script):
        if not jailed or all(one.program != "chroot" for one in outer(job, ran.command)):
            yield ran._replace(path=resolved(job, ran.command, ran.word.literal))


@kept
def named_files(script: Script) -> list[Ran]:
    """Return the files that a line runs as they are written, each without its path."""
    found = []
    for command in script.commands():
        if command.words and "/" in command.words[0].literal:
            found.append(Ran(command, command.words[0], "", "program"))
        word = script_of(command)
        if word is not None:
            how = "sourced" if command.name in (".", "source") else "script"
            found.append(Ran(command, word, "", how))
    return found


def is_interpreter(command: Command) -> bool:
    """Tell whether it runs scripts: a shell, Python, Perl ..."""
    return _INTERPRETER.fullmatch(command.program) is not None


def script_of(command: Command) -> Word | None:
    """Return the script that an interpreter is given; None if there is none."""
    if command.program in (".", "source"):
        return next(iter(command.args), None)
    if len(command.words) == 1 or not is_interpreter(command):
        return None
    for word in command.args:
        if _NO_SCRIPT.fullmatch(word.literal):
            return None
        if word.literal == "-" or not word.literal.startswith(("-", "+")):
            return word
    return None


def is_missing(job: Job, ran: Ran) -> bool:
    """Tell whether the job runs a file without asking for it, and it is not there."""
    host, path = job.file.host, ran.path
    if host is None or not path or host.exists(path) or host.is_hidden(path):
        return False
    return not is_guarded(job, path) and not _is_made(job, ran)


def _is_made(job: Job, ran: Ran) -> bool:
    """Tell whether the line writes the file, or mounts what it is on, before it runs it."""
    return any(
        one.start < ran.word.start and one.target is not None and one.target.value == ran.path
        for one in job.script.redirects()
    ) or any(
        command.start < ran.word.start and command.program in _MAKERS
        for command in job.script.commands()
    )


def environment_of(job: Job, path: str) -> str:
    """Return the virtual environment that *path* is the interpreter or a script of; "" for none."""
    place, directory, name = path.rpartition("/bin/")
    if not directory or "/" in name:
        return ""
    is_usual = place.rpartition("/")[2] in ("venv", ".venv", "env", ".env", "virtualenv")
    host = job.file.host
    built = host is not None and host.exists(f"{place}/pyvenv.cfg")
    return place if is_usual or built or "/virtualenvs/" in place or "/envs/" in place else ""


def home_of(job: Job, path: str) -> User | None:
    """Return the user, not root, in whose home, which is that user's own, *path* stands."""
    host = job.file.host
    for user in host.users.values() if host is not None and path else ():
        place = user.home.rstrip("/")
        # Accounts of services have homes such as /usr/sbin, or / itself.
        if user.uid == 0 or place.count("/") < 2 or not path.startswith(f"{place}/"):  # noqa: PLR2004
            continue
        found = host.stat(place) if host is not None else None
        if found is not None and found.st_uid == user.uid:
            return user
    return None
