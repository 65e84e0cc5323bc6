"""A child that looks after the state directory, beside a job: what others have left there.

It takes finished runs into the store, finds those that were cut off, and sends what is owed to
endpoints.  Whose run it is makes no difference: whoever comes next does it for all.  LEFT_S
after the job's end, or half of the report's budget, it begins nothing more, so that it is not in
the middle of something when it is killed, which is when the budget is over.
"""

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cronwrap.config import Table
    from cronwrap.run.loop import Loop
    from cronwrap.run.record import Record

NICE = 10
LONGEST_S = 600.0
LEFT_S = 3.0  # after the job's end; of jobs that are all short, some must send what is owed
SIGKILL = 9


class Caretaker:
    """The supervisor's side of it."""

    def __init__(self, loop: "Loop", state_dir: str, history: "list[Table]") -> None:
        """See to *state_dir*, within the limits that tables ``[history]`` set."""
        self._loop = loop
        self._history = history
        self._state_dir = state_dir
        self._pid = 0
        self._leash = -1

    def begin(self, record: "Record") -> None:
        """Fork it where there is something to do."""
        if not record.chores():
            return
        leash_read, self._leash = os.pipe()

        def work() -> None:
            record.close()  # else this run would not be over before the caretaker is
            os.close(self._leash)
            os.nice(NICE)
            _look_after(self._state_dir, self._history, leash_read)

        self._pid = self._loop.fork(work)
        self._loop.children[self._pid] = self._ended
        os.close(leash_read)

    def leave(self, give_up: "Callable[[], bool]", budget_s: float) -> None:
        """Let it finish what it has under way, within *budget_s*."""
        if not self._pid:
            return
        try:
            os.write(self._leash, b"%f" % min(LEFT_S, budget_s / 2))
        except OSError:
            pass  # it has just ended
        os.close(self._leash)
        self._loop.run(lambda: not self._pid or give_up(), time.monotonic() + budget_s)
        if self._pid:
            os.kill(self._pid, SIGKILL)

    def _ended(self, status: int, usage: "Any") -> None:
        del status, usage
        self._pid = 0


def _look_after(state_dir: str, history: "list[Table]", leash: int) -> None:
    """Do the work, in the child, until the wrapper lets go of the other end of *leash*."""
    import gc
    import select

    from cronwrap.errors import CronwrapError
    from cronwrap.run import testimony
    from cronwrap.run.flush import flush
    from cronwrap.store import Store, limits

    gc.disable()
    poller = select.poll()
    poller.register(leash, select.POLLIN)
    stop_s: list[float] = []

    def stop() -> bool:
        if not stop_s and poller.poll(0):
            stop_s.append(time.monotonic() + float(os.read(leash, 32) or LEFT_S))
        return bool(stop_s) and time.monotonic() > stop_s[0]

    for directory in testimony.temporary_directories(os.environ):
        testimony.sweep(directory)
    try:
        store = Store(state_dir, limits.of_tables(history)[0])
        for _ in flush(store, until_s=time.monotonic() + LONGEST_S, stop=stop):
            pass
    except CronwrapError:
        return  # told by whatever command is asked for the history next
