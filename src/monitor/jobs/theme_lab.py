"""The themes lab's side of the worker: takes up changes of terms by renewing the parser children, has new terms tried and old articles
tagged again."""

from __future__ import annotations

from dataclasses import replace

from monitor.flows.tag_again import tag_again
from monitor.flows.try_themes import try_themes
from monitor.jobs.worker import Worker
from monitor.pipeline.tag_again import fingerprint, prints
from monitor.pipeline.theme_terms import in_use
from monitor.store import periodic, theme_edits
from monitor.store import tag_again as again


def tend_themes(worker: Worker) -> str:
    """Take up what people changed, then try what they ask to try; what was done, in words."""
    done = [text for text in (_take_up(worker), _tried(worker)) if text]
    return "; ".join(done)


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


def _tried(worker: Worker) -> str:
    themes = worker.knowledge.themes.themes if worker.knowledge is not None else ()
    made = try_themes(worker.kit, dict.fromkeys(language for theme in themes for language in theme.terms))
    return f"{made} trial{'' if made == 1 else 's'} of terms" if made else ""


def retag(worker: Worker) -> str:
    """Tag articles again when the terms this worker has are others than those they are tagged with; what was done, in words."""
    if worker.knowledge is None:
        return ""
    themes = worker.knowledge.themes
    if worker.tagging is None or worker.tagging[0] is not themes:  # at the start, and after terms were taken up
        found = prints(themes)
        again.begin(found, worker.kit.clock.now())
        worker.tagging = (themes, fingerprint(found))
    report = tag_again(worker.kit, worker.tagging[1])
    return f"{report.tagged} articles tagged again, {report.changed} changed" if report.tagged else ""
