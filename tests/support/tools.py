"""Programs that tests need and a developer's machine may lack."""

import os
import shutil

import pytest


def need(tool: str) -> str:
    """Return the path of *tool*; without it the test is skipped at a developer's, and fails in CI."""
    path = shutil.which(tool)
    if path is None:
        assert "CI" not in os.environ, f"CI must have {tool}"
        pytest.skip(f"there is no {tool} here")
    return path
