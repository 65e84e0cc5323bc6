"""Text for mdoc(7)."""

import re
from textwrap import wrap

WIDTH = 78


def text(words: str) -> str:
    r"""Return *words* as lines of mdoc: escaped, wrapped, each sentence on lines of its own.

    >>> print(text("A --flag. It's C:\\. .x"))
    A \-\-flag.
    It's C:\e.
    \&.x
    """
    sentences = re.split(r"(?<=[.!?:]) (?=[A-Z.])", words) if words else []
    lines = [line for one in sentences for line in wrap(one, WIDTH - 8, break_on_hyphens=False)]
    return "\n".join(escape(line) for line in lines)


def escape(words: str) -> str:
    """Return *words* so that mdoc takes none of them for its own."""
    escaped = words.replace("\\", "\\e").replace("-", "\\-")
    escaped = re.sub(r"\b(Free|Net|Open)BSD", r"\1\\&BSD", escaped)  # a macro, it would say
    return f"\\&{escaped}" if escaped[:1] in {".", "'"} else escaped
