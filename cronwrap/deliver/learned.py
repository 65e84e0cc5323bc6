"""What endpoints have said of themselves, such as how much of a report they keep.

A small file, written only when something changed; of two writers at once the last one wins,
and what the other one learned is learned again.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from cronwrap.services.endpoint import Endpoint

LEARNED_FILE = "learned.json"


class Learned:
    """The file in a state directory."""

    def __init__(self, state_dir: str) -> None:
        self._path = Path(state_dir) / LEARNED_FILE
        self._facts: dict[str, dict[str, str]] = {}
        try:
            found = json.loads(self._path.read_bytes())
            self._facts = {str(name): dict(facts) for name, facts in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            pass  # missing or damaged: all of it can be learned again

    def of(self, place: Endpoint) -> Mapping[str, str]:
        """Return what is known of *place*."""
        return self._facts.get(place.name, {})

    def learn(self, place: Endpoint, facts: Mapping[str, str]) -> None:
        """Remember *facts* for the runs to come."""
        if not facts or self._facts.get(place.name) == dict(facts):
            return
        self._facts[place.name] = dict(facts)
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
                file.write(json.dumps(self._facts).encode())
            draft.replace(self._path)
        except OSError:
            return  # a full or read-only disk: nothing depends on it
