"""The themes lab's side of the worker: takes up changes of terms by renewing the parser children, and has new terms tried."""

from __future__ import annotations

from dataclasses import replace

from monitor.flows.try_themes import try_themes
from monitor.jobs.worker import Worker
from monitor.pipeline.theme_terms import in_use
from monitor.store import periodic, theme_edits


def tend_themes(worker: Worker) -> str:
    """Take up what people changed, then try what they ask to try; what was done, in words."""
    done = [text for text in (_take_up(worker), _tried(worker)) if text]
    return "; ".join(done)


def _take_up(worker: Worker) -> str:
    """Later articles are tagged with the changed terms; articles read before keep their tags."""
    if worker.knowledge is None or worker.file_themes is None or theme_edits.last_number() == worker.terms_number:
        return ""
    number, changes = theme_edits.changes()
    knowledge = replace(worker.knowledge, themes=in_use(worker.file_themes, changes))
    problem = worker.kit.pool.renew(knowledge)
    periodic.set_fact(theme_edits.IN_USE, {"number": number, "problem": problem}, worker.kit.clock.now())
    worker.terms_number = number
    if problem:
        return f"terms as of change {number} could not be taken up: {problem}"
    worker.knowledge = knowledge
    return f"terms as of change {number} taken up"


def _tried(worker: Worker) -> str:
    themes = worker.knowledge.themes.themes if worker.knowledge is not None else ()
    made = try_themes(worker.kit, dict.fromkeys(language for theme in themes for language in theme.terms))
    return f"{made} trial{'' if made == 1 else 's'} of terms" if made else ""
