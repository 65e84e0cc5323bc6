"""How soon the job starts: with nothing configured, with a file, and whatever the endpoint does."""

from functools import partial
from pathlib import Path

import pytest

from tests.bench import figures
from tests.conftest import Serve
from tests.support.httpd import drip_headers

ROUNDS = 31
pytestmark = pytest.mark.bench


def test_the_job_starts_before_anything_else(tmp_path: Path) -> None:
    bare = figures.bare_environment(tmp_path)
    file = tmp_path / "config.toml"
    file.write_text('[defaults]\ntimeout = "1h"\n[checks.date]\ntag = {team = "billing"}\n')
    configured = bare | {"CRONWRAP_CONFIG": str(file)}
    missing = bare | {"CRONWRAP_CONFIG": ""}

    median = figures.interleaved(
        ROUNDS,
        {
            "python": partial(figures.interpreter_ms, bare),
            "none": partial(figures.job_start_ms, [], missing),
            "file": partial(figures.job_start_ms, [], configured),
        },
    )

    print("\nFrom exec to the first instruction of the job")
    figures.say("python -I -c pass", f"{median['python']:.1f} ms")
    for name, what, target in (("none", "no configuration file", 1.6), ("file", "a file", 2.5)):
        ratio = median[name] / median["python"]
        figures.say(f"cronwrap, {what}", f"{median[name]:.1f} ms", f"{ratio:.2f} x ({target} x)")


def test_an_endpoint_cannot_delay_the_job(
    tmp_path: Path, serve: Serve, deaf_url: str, refusing_url: str, full_url: str
) -> None:
    bare = figures.bare_environment(tmp_path)
    dripping = serve()
    dripping.always = drip_headers()
    urls = {
        "answers": serve().url,
        "hangs": deaf_url,
        "drips": dripping.url,
        "refuses": refusing_url,
        "never accepts": full_url,
        "cannot be resolved": "http://cronwrap.invalid",
    }

    median = figures.interleaved(
        ROUNDS // 2,
        {"no endpoint": partial(figures.job_start_ms, [], bare)}
        | {
            name: partial(figures.job_start_ms, ["-e", f"webhook+{url}/x"], bare)
            for name, url in urls.items()
        },
    )

    print("\nThe same, with an endpoint that ...")
    for name, ms in median.items():
        figures.say(f"... {name}", f"{ms:.1f} ms")
    assert (tmp_path / "state").is_dir()
