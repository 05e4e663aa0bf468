"""Recognises every headline and paragraph of the corpora and prints how often the answer is right.

    python benchmarks/reading/language.py [--wrong] [--default-candidates]

Method: exact agreement with the label, no prior and no hints, candidates = the languages of the set (or the defaults);
wall time of this process for one text, mean. Corpora: MONITOR_CORPORA or ../shared/corpora.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter

from places import corpora, machine

from monitor.pipeline.language import DEFAULT_CANDIDATES, Recogniser


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--wrong", action="store_true", help="print each wrong answer")
    arguments.add_argument("--default-candidates", action="store_true")
    chosen = arguments.parse_args()
    for name in ("headlines", "paragraphs"):
        rows = [json.loads(line) for line in (corpora() / "language" / f"{name}.jsonl").open(encoding="utf-8")]
        recogniser = Recogniser(DEFAULT_CANDIDATES if chosen.default_candidates else sorted({row["lang"] for row in rows}))
        recogniser.recognise(rows[0]["text"] * 5)  # loads both models
        right, by_language, confident = 0, Counter(), [0, 0]
        started = time.perf_counter()
        for row in rows:
            guess = recogniser.recognise(row["text"])
            right += guess.language == row["lang"]
            if guess.confidence >= 0.9:
                confident[guess.language == row["lang"]] += 1
            if guess.language != row["lang"]:
                by_language[row["lang"]] += 1
                if chosen.wrong:
                    print(f"  {row['lang']} taken for {guess.language or '-'} ({guess.confidence}): {row['text'][:110]}")
        cost = (time.perf_counter() - started) / len(rows)
        print(f"{name}: {right} of {len(rows)} right = {right / len(rows):.4f}; wrong by language {dict(by_language)}")
        print(f"  confidence >= 0.9: {confident[1]} right, {confident[0]} wrong; {cost * 1e6:.0f} µs each")
    print(machine())


if __name__ == "__main__":
    main()
