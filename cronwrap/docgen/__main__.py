"""``python -m cronwrap.docgen``: write the generated files where they differ."""

from cronwrap.docgen.files import ROOT, generated


def main() -> None:
    """Write what has changed, and say so."""
    for path, text in generated().items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}")  # noqa: T201 - a developer's tool


if __name__ == "__main__":
    main()
