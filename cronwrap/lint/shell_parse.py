"""From a command line to its tree: by shell_plain where it can, or else by a parser of bash."""

from collections.abc import Sequence

from cronwrap.lint.shell import Node, Script, Text, whole
from cronwrap.lint.shell_plain import plain


def parse(data: bytes, shell: str = "sh", offsets: Sequence[int] | None = None) -> Script:
    """Return the tree of the command line *data* as *shell* reads it; never fails."""
    return parse_text(whole(data) if offsets is None else Text(data, offsets), shell, "")


def parse_text(text: Text, shell: str, nest: str) -> Script:
    """Return the tree of *text*, which stands within the quotes *nest*."""
    try:
        script = plain(text, shell, nest)
        if script is None:
            from cronwrap.lint.shell_build import Builder  # tree-sitter takes time to load

            script = Builder(text, shell, nest).script()
            script.nodes()  # so that it can be walked, too
    except RecursionError:  # a thousand brackets: nothing that a person wrote
        at = (text.offsets[0], text.offsets[-1], nest)
        script = Script(at, shell)
        script.errors = (Node(at),)
    return script
