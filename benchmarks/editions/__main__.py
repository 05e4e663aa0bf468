"""Measures what it costs to set an edition: each of the nine forms, all of them together, in a fresh process and once warm.

Run `python -m benchmarks.editions [--rounds N]`. The edition is the tests' own: nine pieces of some 200 words in five sections, 27 sources
in ten languages and seven scripts. Wall time, medians of the rounds; the first export of a process also reads templates and fonts.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FIRST = "--first"
AIM = 2.0  # seconds for all forms of nine pieces


def prepared() -> None:
    """Django's templates, without a desk."""
    os.environ["MONITOR_HOME"] = tempfile.mkdtemp(prefix="monitor-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "monitor.config.django_settings"
    import django

    django.setup()


def once() -> dict[str, float]:
    """Seconds of each form."""
    from tests.render import edition_sample as sample

    from monitor.flows.export_edition import FORMS_TABLE, export

    text, took = sample.edition("fr"), {}
    for form in FORMS_TABLE:
        began = time.perf_counter()
        export(text, sample.STYLE, form)
        took[form] = time.perf_counter() - began
    return took


def main(arguments: list[str]) -> int:
    """Print the table."""
    prepared()
    if FIRST in arguments:
        print(sum(once().values()))
        return 0
    from tests.render import edition_sample as sample

    from benchmarks.machine import heading
    from monitor.flows.export_edition import export

    rounds = int(arguments[arguments.index("--rounds") + 1]) if "--rounds" in arguments else 7
    print(heading("Setting an edition of nine pieces in every form", __doc__))
    here = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "benchmarks.editions", FIRST]
    cold = [float(subprocess.run(command, cwd=here, check=True, capture_output=True, text=True).stdout) for _ in range(3)]
    once()
    told = [once() for _ in range(rounds)]
    for form in told[0]:
        size = len(export(sample.edition("fr"), sample.STYLE, form).data)
        print(f"  {form:10} {statistics.median(one[form] for one in told) * 1000:7.1f} ms {size / 1000:7.1f} kB")
    total = statistics.median(sum(one.values()) for one in told)
    print(f"  all forms  {total * 1000:7.1f} ms warm, {statistics.median(cold) * 1000:.0f} ms in a fresh process; aim {AIM:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
