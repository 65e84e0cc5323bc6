"""Import httpx for half its price.

Importing it is most of the CPU time that a short run costs. What is kept out meanwhile is not
needed here, and is there again for whoever imports it later.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

# httpx's own command line (click, rich, pygments: 65 ms) and the asynchronous back ends. A
# None in sys.modules makes an import fail, and httpx and httpcore can do without these.
_NOT_NEEDED = ("httpx._main", "anyio", "trio", "sniffio")
# Needed for a proxy with TLS and for host names that are not ASCII: imported when used.
_LATER = ("certifi", "idna")


def _later(name: str) -> ModuleType:
    """Return a stand-in that imports the module *name* when something is wanted of it."""
    stand_in = ModuleType(name)

    def attribute(wanted: str) -> Any:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]
        return getattr(import_module(name), wanted)

    stand_in.__getattr__ = attribute  # type: ignore[method-assign]  # PEP 562
    return stand_in


def _classes(name: str) -> ModuleType:
    """Return a stand-in that has any class, an empty one, for what is only ever imported."""
    stand_in = ModuleType(name)

    def attribute(wanted: str) -> type:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        return type(wanted, (), {})

    stand_in.__getattr__ = attribute  # type: ignore[method-assign]  # PEP 562
    return stand_in


_STAND_INS: dict[str, Any] = {
    **dict.fromkeys(_NOT_NEEDED),
    **{name: _later(name) for name in _LATER},
    "httpcore._async": _classes("httpcore._async"),  # imported as a whole, 4 ms, for its names
}


@contextmanager
def cheap_import() -> Iterator[None]:
    """Keep out what is not needed, and the garbage collector, for as long as it lasts."""
    added = [name for name in _STAND_INS if name not in sys.modules]
    sys.modules.update({name: _STAND_INS[name] for name in added})
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        for name in added:
            if sys.modules.get(name, ...) is _STAND_INS[name]:
                del sys.modules[name]
        if collecting:
            gc.enable()
