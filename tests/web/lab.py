"""Rows for the themes lab and the balance: a small themes file, trials, changes, counted days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.urls import reverse

from monitor.config.themes_file import _ThemesReader
from monitor.config.yaml_file import scan_yaml
from monitor.knowledge import Themes
from monitor.pipeline import balance as counting
from monitor.pipeline.balance import Told
from monitor.store import balance, models, periodic, theme_edits
from monitor.store.models import Person
from tests.web import rows

TEXT = """# What the desk cares about.
themes:

  terror:
    label: {fr: "Terrorisme et insurrections", en: "Terrorism & insurgency"}
    priority: 0.9
    threshold: 8
    terms:
      fr: {attentat*: 3, "prise d'otages": 3, embuscade: 2, djihadist*: 3}
      # the English press
      en: {ambush*: 2, "car bomb*": 3, "gunmen NEAR/5 (killed OR kidnapped)": 3}
      ar: {هجوم انتحاري: 3, كمين: 2}
      ja: {爆弾テロ: 3}
    not:
      en: [ambush marketing]
    tests:
      - {title: "Fuel convoy ambushed in northern Mali", language: en, themes: [terror]}
      - {title: "Attentat à Gao", language: fr, themes: [terror]}
      - {title: "Festival opens in Gao", language: en, themes: []}

  maritime:
    label: {fr: "Sécurité maritime", en: "Maritime security"}
    threshold: 8
    terms:
      en: {tanker*: 2, coast guard: 2}

  noise:
    helper: true
    threshold: 4
    terms:
      en: {football: 3}
      fr: {recette*: 3}
"""


def themes(text: str = TEXT) -> Themes:
    """The themes of a small file."""
    document, problems = scan_yaml(text, "themes.yaml")
    assert document is not None and not problems
    return _ThemesReader(document).themes()


def a_file() -> None:
    """A worker has read the small file, and every change is taken up."""
    theme_edits.tell_file("themes.yaml", TEXT, themes(), rows.NOW)
    periodic.set_fact(theme_edits.IN_USE, {"number": theme_edits.last_number(), "problem": ""}, rows.NOW)


def a_trial(person: Person, *, theme: str = "terror", language: str = "en", done: bool = True, **terms: float) -> str:
    """A trial of the terms in use with some more; done, with findings of one article when there is one."""
    began = theme_edits.terms_in_use(theme, language) or {}
    wanted = {**began, **(terms or {"hostage*": 3.0})}
    uuid = theme_edits.ask(theme, language, "ambush*: 2\nhostage*: 3\n", wanted, began, person, rows.NOW)
    if done:
        models.ThemeTrial.objects.filter(uuid=uuid).update(done_at=rows.NOW, due_at=None, found=_found(language))
    return uuid


def _found(language: str) -> dict[str, Any]:
    """As much as a trial may find."""
    told = [
        {"id": str(uuid), "title": title, "themes": ["terror"], "why": [["hostages", "hostage*: 3"], ["gunmen", "@g.gunmen: 1"]]}
        for uuid, title in models.Article.objects.order_by("pk").values_list("uuid", "title")[:30]
    ]
    headlines = {
        "language": language, "articles": 912, "before": 71, "after": 80, "gained": len(told), "lost": 1, "gains": told,
        "losses": told[:1], "others": {"maritime": [0, 2]},
    }  # fmt: skip
    broken = [{"title": "Festival opens in Gao", "wanted": [], "given": ["terror"]}]
    return {"languages": [{"headlines": headlines, "tests": {"run": 3, "broken": broken, "mended": []}}], "newest": 1000, "days": 30}


def a_change(person: Person, theme: str = "terror", language: str = "en", **terms: float) -> str:
    """A change that holds."""
    done = theme_edits.save(a_trial(person, theme=theme, language=language, **terms), person, rows.NOW)
    assert done.result == "done"
    return done.change


def a_balance(days: int = 200, each: int = 1) -> None:
    """Counted days with a blind spot, a thin section and a trend, added up."""
    from monitor.flows import count_balance

    today = rows.NOW.date()
    for back in range(days):
        told = [Told("outlet-a", "FR", "fr", "africa", ("terror",), ("ML", "NE"))] * (each * (5 + (days - back) % 9))
        told += [Told("outlet-b", "GB", "en", "europe", ("maritime", "terror"), ("UA", "RU"))] * (each * 7)
        told += [Told("outlet-c", "US", "en", "asia", ("maritime",), ("CN", "TW", "US"))] * (each * 3)
        told += [Told("outlet-d", "JP", "ja", "asia", ("maritime",), ("CN", "UA"))] * each
        balance.save_day(today - timedelta(days=back), counting.count(told))
    oldest = today - timedelta(days=counting.KEPT_DAYS - 1)
    balance.save_summary(count_balance._summary(today, oldest), rows.NOW, oldest)


def a_run(**values: object) -> models.Retagging:
    """Articles being tagged again with the changed terms."""
    since = rows.NOW - timedelta(days=30)
    told = {"prints": "p", "themes": ["terror"], "languages": ["en"], "since": since, "asked_at": rows.NOW, "due_at": rows.NOW}
    return models.Retagging.objects.create(**told | values)


def fill(person: Person) -> list[str]:
    """Everything the pages of the lab and the balance can show; returns their paths."""
    a_file()
    rows.an_outlet("Степова хвиля", language="uk", country="UA")
    other = rows.a_person("editor", given="Nour", family="Haddad")
    a_change(other, **{"machete*": 2.0})
    a_change(other, **{"ambush*": 3.0, "car bomb*": 1.0})
    a_balance()
    a_run(total=120, done=40, changed=3)
    done, waiting, late = a_trial(person), a_trial(person, done=False), a_trial(person, **{"sniper*": 2.0})
    a_change(other, raid=1.0)
    for trial in (done, waiting):  # as if they had begun from today's terms
        models.ThemeTrial.objects.filter(uuid=trial).update(began=theme_edits.terms_in_use("terror", "en"))
    trials = [reverse("theme-trial", args=[trial]) for trial in (done, waiting, late)]
    return ["/themes", "/themes/terror?language=en", *trials, "/balance", "/balance?days=90"]


def address(route: str) -> str:
    """The address of a route of the lab with something real behind it."""
    a_file()
    if route in ("themes", "themes-file"):
        return reverse(route)
    if route in ("theme-trial", "theme-save"):
        return reverse(route, args=[a_trial(rows.a_person("editor"))])
    if route == "theme-undo":
        return reverse(route, args=[a_change(rows.a_person("editor"))])
    return reverse(route, args=["terror"])
