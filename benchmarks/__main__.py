"""`make bench`: every measured claim, each with its method and machine; a name runs one group.

python -m benchmarks [reading|understanding|polling|path|desk|editions]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
GROUPS: dict[str, list[list[str]]] = {
    "reading": [["reading/text.py", "--cost"], ["reading/language.py"], ["reading/feeds.py"]],
    "understanding": [
        ["understanding/tagging.py"],
        ["understanding/tagging_cost.py"],
        ["understanding/sections.py"],
        ["understanding/theme_labels.py"],
        ["understanding/grouping.py"],
        ["understanding/neighbours.py"],
        ["understanding/ranking.py"],
        ["understanding/queries.py"],
    ],
    "polling": [["-m", "benchmarks.polling.feeds"]],
    "path": [["-m", "benchmarks.path.articles"], ["-m", "benchmarks.path.mail_outage"]],
    "desk": [["-m", "benchmarks.desk"]],
    "editions": [["-m", "benchmarks.editions"]],
}


def main(names: list[str]) -> int:
    """Run the named groups, or all; the status is not zero when a measurement broke."""
    if unknown := [name for name in names if name not in GROUPS]:
        print(f"There is no group {', '.join(unknown)}; there are {', '.join(GROUPS)}.")
        return 2
    broken = 0
    for name in names or list(GROUPS):
        for command in GROUPS[name]:
            line = command if command[0] == "-m" else [str(HERE / command[0]), *command[1:]]
            sys.stdout.flush()
            broken += subprocess.run([sys.executable, *line], cwd=HERE.parent, check=False).returncode != 0
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
