"""Which files are generated, and what each must hold."""

from pathlib import Path

import cronwrap
from cronwrap.docgen import bash, commands, fish, manual, readme, tables, zsh

ROOT = Path(cronwrap.__file__).parent.parent


def generated(root: Path = ROOT) -> dict[Path, str]:
    """Return what each generated file of the source tree must hold."""
    tree = commands.tree()
    files = {
        root / "completions/cronwrap.bash": bash.script(tree),
        root / "completions/_cronwrap": zsh.script(tree),
        root / "completions/cronwrap.fish": fish.script(tree),
    }
    services = root / "cronwrap/services"
    files[services / "tables.py"] = tables.module(services)
    page = root / "README.md"
    files[page] = readme.fill(page.read_text(encoding="utf-8"))
    regions = manual.regions(tree)
    for page in sorted((root / "man").iterdir()):
        files[page] = manual.fill(page.read_text(encoding="utf-8"), regions, page.name)
    return files
