"""The themes lab's side of the worker: takes up changes of terms by renewing the parser children, has new terms tried and old articles
tagged again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from monitor.flows.tag_again import tag_again
from monitor.flows.try_themes import try_themes
from monitor.jobs.worker import Worker
from monitor.pipeline.tag_again import fingerprint, prints
from monitor.pipeline.theme_terms import in_use
from monitor.store import periodic, theme_edits
from monitor.store import tag_again as again


def tend_themes(worker: Worker) -> str:
    """Take up what people changed, first and after each trial they ask for; what was done, in words."""
    done = [_take_up(worker)]
    done.append(_tried(worker, lambda: done.append(_take_up(worker))))
    return "; ".join(text for text in done if text)


def _take_up(worker: Worker) -> str:
    """Later articles are tagged with the changed terms; those of the last thirty days are tagged again by `retag`."""
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


def _tried(worker: Worker, after_each: Callable[[], None]) -> str:
    themes = worker.knowledge.themes.themes if worker.knowledge is not None else ()
    made = try_themes(worker.kit, dict.fromkeys(language for theme in themes for language in theme.terms), after_each)
    return f"{made} trial{'' if made == 1 else 's'} of terms" if made else ""


def retag(worker: Worker) -> str:
    """Tag articles again when the terms this worker has are others than those they are tagged with; what was done, in words."""
    if worker.knowledge is None:
        return ""
    themes = worker.knowledge.themes
    if worker.tagging is None or worker.tagging[0] is not themes:  # at the start, and after terms were taken up
        found = prints(themes)
        begun, late = again.begin(found, worker.kit.clock.now()), worker.tagging is not None
        worker.tagging = (themes, fingerprint(found))
        if late and not begun:  # another worker took these terms up before this one
            again.took_up_later(worker.tagging[1], worker.kit.clock.now())
    report = tag_again(worker.kit, worker.tagging[1])
    return f"{report.tagged} articles tagged again, {report.changed} changed" if report.tagged else ""
