"""Seeds a database of its own with 50,000 articles (or as many as named), measures the pages on it, and takes it away again.

    python -m benchmarks.desk [articles]

On SQLite in a temporary folder, unless MONITOR_DATABASE_URL names an empty database.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

ARTICLES = "50000"


def main(articles: str) -> int:
    """Both steps in processes of their own; the status is not zero when one broke."""
    with tempfile.TemporaryDirectory(prefix="monitor-desk-") as home:
        around = os.environ | {"MONITOR_HOME": home}
        for command in (["benchmarks.desk.seed", articles], ["benchmarks.desk.pages"]):
            if code := subprocess.run([sys.executable, "-m", *command], env=around, check=False).returncode:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2] or [ARTICLES]))
