"""Fixes: edits of bytes, and nothing else changed.

Fixes of which one would change what another is about wait for the next round: each round reads
the result as a crontab of its own. Where only jobs have changed, what waits is looked for in
these; what a change means elsewhere is seen when all is linted again.
"""

from collections.abc import Iterable, Sequence

from cronwrap.lint.crontab import Crontab, Edit, Fix, Line
from cronwrap.lint.linter import Finding, lint_lines
from cronwrap.lint.rule import Rule

MOST_ROUNDS = 20  # each takes at least one fix; a file with more on one line is odd


def apply(data: bytes, edits: Iterable[Edit]) -> bytes:
    r"""Return *data* with *edits*, which do not overlap.

    >>> apply(b"a;b\n", [Edit(1, 2, b" && "), Edit(4, 4, b"#\n")])
    b'a && b\n#\n'
    """
    parts: list[bytes] = []
    place = 0
    for edit in sorted(edits):
        parts += (data[place : edit.start], edit.new)
        place = edit.end
    return b"".join((*parts, data[place:]))


def fixes(findings: Iterable[Finding], *, unsafe: bool) -> list[Fix]:
    """Return the fixes of *findings*, and the *unsafe* ones only if these are wanted."""
    found = (finding.found.fix for finding in findings)
    return [fix for fix in found if fix is not None and (fix.safe or unsafe)]


def compatible(wanted: Sequence[Fix]) -> list[Fix]:
    """Return those that can be made together, first come first served where edits touch."""
    chosen = []
    last = max((edit.end for fix in wanted for edit in fix.edits), default=0)
    taken = bytearray(last + 1)  # a 1 for each byte that an edit is about, and for the one behind
    for fix in wanted:
        spans = [(edit.start, edit.end + 1) for edit in fix.edits]
        if all(taken.find(1, start, end) < 0 for start, end in spans):
            for start, end in spans:
                taken[start:end] = b"\1" * (end - start)
            chosen.append(fix)
    return chosen


def repair(
    file: Crontab, found: Iterable[Finding], rules: Sequence[Rule], *, unsafe: bool
) -> Crontab:
    """Return *file* as the fixes of all that is *found* in it leave it; itself without any."""
    for _ in range(MOST_ROUNDS):
        wanted = fixes(found, unsafe=unsafe)
        made = compatible(wanted)
        data = apply(file.data, (edit for fix in made for edit in fix.edits))
        if data == file.data:
            break
        before, file = file, file.with_data(data)
        if len(made) == len(wanted):
            break
        found = lint_lines(file, _changed_jobs(before, file), rules)
    return file


def _changed_jobs(before: Crontab, after: Crontab) -> list[Line]:
    """Return the lines that changed; none if others than jobs did, on which other lines depend."""
    if [line.kind for line in before.lines] != [line.kind for line in after.lines]:
        return []
    pairs = zip(before.lines, after.lines, strict=True)
    changed = [line for old, line in pairs if old.data != line.data]
    return changed if all(line.kind == "job" for line in changed) else []
