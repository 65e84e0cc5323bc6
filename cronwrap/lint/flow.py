"""What the parts of a command line are there for: the job, its pings, checks and helpers.

A rule about monitoring asks: what runs before this ping, and does the ping depend on it?
"""

from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from cronwrap.lint.lines import Job
from cronwrap.lint.pings import Ping, pings_of
from cronwrap.lint.shell import AndOr, Command, Compound, Node, Pipeline, Script
from cronwrap.lint.unwrap import SHELLS

# Of several in one place, the first of these tells what the place is there for.
JOB, PING, CHECK, HELPER = _KINDS = ("job", "ping", "check", "helper")
_LAST = len(_KINDS) - 1
# What a line has beside its job; its status tells nothing of the job.
HELPERS = frozenset({
    ":", ".", "cd", "date", "echo", "eval", "exec", "exit", "export", "false", "hash", "hostname",
    "hwclock", "local", "logger", "mail", "mailx", "mkdir", "notify-send", "popd", "printf",
    "pushd", "read", "readonly", "return", "s-nail", "sendmail", "set", "shift", "sleep", "source",
    "sync", "touch", "trap", "true", "type", "ulimit", "umask", "unset", "wait", "wall",
})  # fmt: skip
# What asks something, so that what follows it is meant to depend on it.
CHECKS = frozenset({
    "[", "[[", "test", "command", "which", "cmp", "diff", "egrep", "expr", "fgrep", "fping", "grep",
    "id", "mountpoint", "pgrep", "pidof", "ping", "ping6", "on_ac_power",
})  # fmt: skip
ENDS = frozenset({"exit", "return", "kill", "exec", "break", "continue"})
# Prefixes that run a job and tell a monitor how it went.
WRAPPERS = frozenset({"cronwrap", "cronitor", "runitor", "sentry-cli"})
_PARTS: dict[type[Node], str] = {
    Script: "items", AndOr: "pipelines", Pipeline: "commands", Compound: "scripts",
}  # fmt: skip


class Stand(NamedTuple):
    """Where a ping stands.

    Attributes:
        ping: the ping.
        script: the list that it stands in: the line, a group, ``sh -c '...'``.
        place: ``script.items[place]`` has it.
        step: ``script.items[place].pipelines[step]`` is it.
    """

    ping: Ping
    script: Script
    place: int
    step: int

    @property
    def item(self) -> AndOr:
        """The and-or list that it stands in."""
        return self.script.items[self.place]

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline that it stands in, nearly always alone."""
        return self.item.pipelines[self.step]

    @property
    def before(self) -> tuple[AndOr, ...]:
        """The lists that run before its own."""
        return self.script.items[: self.place]


class Flow:
    """The parts of a job's command line, and what each is there for."""

    def __init__(self, job: Job, script: Script) -> None:
        self.job = job
        self.script = script
        self.pings = {id(ping.command): ping for ping in pings_of(job)}
        self.stands = tuple(self._stands()) if self.pings else ()
        self._ranks: dict[int, int] = {}

    def _stands(self) -> Iterator[Stand]:
        """Yield where each ping stands."""
        for script in self.script.scripts():
            for place, item in enumerate(script.items):
                for step, pipeline in enumerate(item.pipelines):
                    for ping in self.pings_in(pipeline):
                        yield Stand(ping, script, place, step)

    def pings_in(self, pipeline: Pipeline) -> list[Ping]:
        """Return the pings that are commands of *pipeline* itself, at most behind prefixes."""
        inner = [id(one.innermost) for one in pipeline.commands if isinstance(one, Command)]
        return [self.pings[one] for one in inner if one in self.pings]

    def kind(self, *nodes: Node) -> str:
        """Return what *nodes* are there for: JOB, PING, CHECK or HELPER, the first that any is."""
        return _KINDS[min(map(self._rank, nodes), default=_LAST)]

    def _rank(self, node: Node) -> int:
        """Return which of the kinds *node* is there for, by its place."""
        rank = self._ranks.get(id(node))
        if rank is None:
            parts = _parts(node)
            rank = min(map(self._rank, parts)) if parts else _KINDS.index(self._kind_of(node))
            self._ranks[id(node)] = rank
        return rank

    def _kind_of(self, node: Node) -> str:
        if id(node) in self.pings:
            return PING
        if not isinstance(node, Command) or not node.words or node.program in HELPERS:
            return HELPER
        return CHECK if node.program in CHECKS else JOB

    @cached_property
    def programs(self) -> list[Command]:
        """Each simple command of the line that is no prefix of another."""
        return programs(self.script)

    def always_runs(self, stand: Stand) -> bool:
        """Tell whether nothing but helpers stands before a ping in its own and-or list."""
        return self.kind(*stand.item.pipelines[: stand.step]) == HELPER

    def ends_at_failure(self, script: Script) -> bool:
        """Tell whether *script* ends where a command fails: ``set -e``, ``sh -ec '...'``."""
        for command in self.script.commands():
            is_its_shell = command.wrapped is script and command.program in SHELLS
            if command.program == "set" or is_its_shell:
                short = [one for one in command.values if one[:1] == "-" and one[:2] != "--"]
                if any("e" in one for one in short) or "errexit" in command.values:
                    return True
        return False


# One is kept, which many rules ask for in turn: for as long as its job has this tree.
_flow = lru_cache(maxsize=1)(Flow)


def flow_of(job: Job) -> Flow:
    """Return the parts of *job*."""
    return _flow(job, job.script)


def programs(node: Node) -> list[Command]:
    """Return each simple command in *node* that is no prefix of another."""
    parts = _parts(node)
    if not parts:
        return [node] if isinstance(node, Command) and node.words else []
    return [one for part in parts for one in programs(part)]


def _parts(node: Node) -> Sequence[Node]:
    name = _PARTS.get(type(node))
    if name is not None:
        parts: Sequence[Node] = getattr(node, name)
        return parts
    if not isinstance(node, Command):
        return ()
    if node.wrapped is not None:
        return (node.wrapped,)
    values = () if node.words else [one.value for one in node.assigns]  # X=$(job)
    return [script for value in values if value is not None for script in value.scripts]


def stops(item: AndOr) -> bool:
    """Tell whether *item* ends the line if its job fails: ``job || exit``."""
    return any(
        operator.text == "||" and any(one.program in ENDS for one in programs(pipeline))
        for operator, pipeline in zip(item.operators, item.pipelines[1:], strict=True)
    )


def is_wrapper(command: Command) -> bool:
    """Tell whether *command* runs a job and tells a monitor how it went."""
    return command.program in WRAPPERS and command.wrapped is not None


def wrapper_of(command: Command) -> Command | None:
    """Return the wrapper among the prefixes of *command*: that of ``nice cronwrap -- x``."""
    one: Command | Script | None = command
    while isinstance(one, Command):
        if is_wrapper(one):
            return one
        one = one.wrapped
    return None


def is_watched(job: Job) -> bool:
    """Tell whether a monitor is told of *job*."""
    return bool(flow_of(job).pings) or any(map(is_wrapper, job.script.commands()))
