# ruff: noqa: E501 - a mistake and the sentence about it stand on one line
from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.config.feeds_file import FeedsFile, load_feeds, parse_feeds
from monitor.config.feeds_shape import canonical_language, slug
from monitor.errors import ConfigError
from monitor.records import Desk, Feed, Outlet, Section

WHOLE = """\
desk:
  name: The morning review
  organisation: Example association
  timezone: Africa/Tunis
  languages: [fr, en, pt-br]
  sections:
    - {id: north, label: {fr: Nord, en: North}}
    - {id: south, label: {fr: Sud, en: South}}
  digest_at: 06:30
outlets:
  - name: Agence Véga
    owner: Groupe Véga
    home: https://vega.example/
    country: FR
    language: fr
    kind: agency
    weight: 1
    note: "terms: personal use"
    text: feed
    feeds:
      - https://vega.example/une.xml
      - url: https://vega.example/en.xml
        section: south
        language: en
        every: 30m
        enabled: false
        note: asleep
      - {url: https://vega.example/all.json, format: nhk-json}
  - {name: 朝日, id: asahi, country: JP, language: ja, enabled: false}
  - {name: Norsk Avis, country: NO, language: no, feeds: []}
"""


def said(text: str | bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_feeds(text, "f")
    return [str(problem) for problem in caught.value.problems]


def outlet(lines: str) -> list[str]:
    """The mistakes of a file with one outlet that has these lines beside its name, country and language."""
    return said("outlets:\n- name: Orion\n  country: GB\n  language: en\n" + "".join(f"  {line}\n" for line in lines.splitlines()))


def desk(lines: str) -> list[str]:
    return said("outlets: []\ndesk:\n" + "".join(f"  {line}\n" for line in lines.splitlines()))


def test_a_whole_file_becomes_frozen_records(tmp_path: Path):
    path = tmp_path / "feeds.yaml"
    path.write_text(WHOLE, encoding="utf-8")
    assert load_feeds(path) == FeedsFile(
        Desk(
            "The morning review",
            "Example association",
            "Africa/Tunis",
            ("fr", "en", "pt-BR"),
            (Section("north", {"fr": "Nord", "en": "North"}), Section("south", {"fr": "Sud", "en": "South"})),
            "06:30",
        ),
        (
            Outlet(
                "agence-vega",
                "Agence Véga",
                "FR",
                "fr",
                kind="agency",
                weight=1.0,
                owner="Groupe Véga",
                home="https://vega.example/",
                note="terms: personal use",
                text="feed",
                feeds=(
                    Feed("https://vega.example/une.xml"),
                    Feed("https://vega.example/en.xml", "south", "en", timedelta(minutes=30), False, "auto", "asleep"),
                    Feed("https://vega.example/all.json", format="nhk-json"),
                ),
            ),
            Outlet("asahi", "朝日", "JP", "ja", enabled=False),
            Outlet("norsk-avis", "Norsk Avis", "NO", "no"),
        ),
    )


def test_a_file_without_a_desk_has_the_defaults():
    assert parse_feeds("outlets: []\n") == FeedsFile(Desk(), ())


@pytest.mark.parametrize(
    ("text", "problem"), [("", "f:1: is empty (write at least outlets: [])"), ("desk: {}\n", "f:1: outlets is missing (add outlets: …)")]
)
def test_a_file_without_outlets_is_refused(text, problem):
    assert said(text) == [problem]


def test_a_file_that_is_no_block_of_keys_is_refused():
    assert said("- a\n") == ["f:1: a list is not a block of keys (write the keys below it, indented)"]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("languge: fr", "f:5: Orion: the key languge is not known (did you mean language?)"),
        ("weight: heavy", "f:5: Orion, weight: 'heavy' is not a number (write for instance 0.6 without quotes)"),
        ("weight: 0.1", "f:5: Orion, weight: 0.1 is outside 0.2 … 1.0 (write 0.2)"),
        ("weight: 1.1", "f:5: Orion, weight: 1.1 is outside 0.2 … 1.0 (write 1.0)"),
        ("kind: newspapr", "f:5: Orion, kind: 'newspapr' is no kind of outlet (did you mean newspaper?)"),
        ("enabled: yes", "f:5: Orion, enabled: 'yes' is not true or false (write true or false without quotes)"),
        ("text: title", "f:5: Orion, text: 'title' is no source of text (known: page, feed, none)"),
        ("note:", "f:5: Orion, note: has no value (give one, or remove the key)"),
        ("owner: 12", "f:5: Orion, owner: 12 is not text (put it in quotes: \"…\")"),
        ("owner: [a]", "f:5: Orion, owner: a list is not text (put it in quotes: \"…\")"),
        (f"owner: {'x' * 201}", "f:5: Orion, owner: is longer than one line of 200 characters (shorten it; a note may be longer)"),
        (f"note: {'x ' * 2100}", "f:5: Orion, note: is longer than 4,000 characters (shorten it)"),
        ("id: Orion Post", "f:5: Orion, id: 'Orion Post' is no id: lower-case letters, digits and single hyphens, at most 64 (write orion-post)"),
        ("home: orion.example", "f:5: Orion, home: the address orion.example begins with neither http:// nor https:// (write https://orion.example)"),
        ("feeds: https://orion.example/", "f:5: Orion, feeds: 'https://orion.example/' is not a list (begin each entry with a hyphen, or write [])"),
        ("feeds: [12]", "f:5: Orion, feed 1: 12 is not a block of keys (write the keys below it, indented)"),
        ("feeds:\n- {section: asia}", "f:6: Orion, feed 1: url is missing (add url: …)"),
        ("feeds:\n- url: https://orion.example/\n  evry: 1h", "f:7: Orion, feed 1: the key evry is not known (did you mean every?)"),
        ("feeds:\n- {url: https://orion.example/, section: asias}", "f:6: Orion, feed 1, section: 'asias' is no section of the desk (did you mean asia?)"),
        ("feeds:\n- {url: https://orion.example/, format: rss}", "f:6: Orion, feed 1, format: 'rss' is no format (known: auto, nhk-json, json-feed)"),
        ("feeds:\n- {url: https://orion.example/, language: xx}", "f:6: Orion, feed 1, language: 'xx' is no language (write a BCP 47 code such as fr, en or pt-BR)"),
        ("feeds:\n- ftp://orion.example/", "f:6: Orion, feed 1, url: the address ftp://orion.example/ begins with neither http:// nor https:// (write https://orion.example/)"),
        ("feeds:\n- https://orion.example/a b", "f:6: Orion, feed 1, url: the address https://orion.example/a b contains a blank or a character that no address has (write blanks as %20)"),
        ("feeds:\n- https://a:b@orion.example/", "f:6: Orion, feed 1, url: the address carries a user or password (remove it: this file is no place for secrets)"),
        ("feeds:\n- https://orion.example/x\n- http://Orion.example/x/", "f:7: Orion, feed 2: the same feed is already above (line 6) (remove one of the two)"),
    ],
)  # fmt: skip
def test_each_mistake_of_an_outlet_has_its_line_and_a_suggestion(lines, problem):
    assert outlet(lines) == [problem]


@pytest.mark.parametrize(
    ("every", "problem"),
    [
        ("10m", "10m is shorter than 15 minutes (write 15m or longer, or leave it out: the desk adapts to the feed)"),
        ("31d", "31d is longer than 30 days (write 30d or less, or enabled: false)"),
        ("30", "'30' is no interval (write for instance 30m, 2h or 1d)"),
        ("1h30m", "'1h30m' is no interval (write for instance 30m, 2h or 1d)"),
        ("999999999d", "'999999999d' is no interval (write for instance 30m, 2h or 1d)"),
        ("often", "'often' is no interval (write for instance 30m, 2h or 1d)"),
    ],
)
def test_each_bad_interval_is_refused(every, problem):
    assert outlet(f"feeds:\n- {{url: https://orion.example/, every: {every}}}") == [f"f:6: Orion, feed 1, every: {problem}"]


@pytest.mark.parametrize(("every", "minutes"), [("15m", 15), ("90m", 90), ("2h", 120), ("1d", 1440), ("30d", 43200)])
def test_intervals_are_minutes_hours_or_days(every, minutes):
    text = f"outlets:\n- {{name: O, country: GB, language: en, feeds: [{{url: https://o.example/, every: {every}}}]}}\n"
    assert parse_feeds(text).outlets[0].feeds[0].every == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("country", "suggestion"),
    [
        ("UK", "write GB"),
        ("France", "write FR"),
        ("Türkiye", "write TR"),
        ("fr", "write FR"),
        ("XY", "write an ISO 3166-1 code of two capital letters such as FR, or EU or INT"),
    ],
)
def test_a_bad_country_is_refused(country, suggestion):
    text = f"outlets:\n- name: Orion\n  language: en\n  country: {country}\n"
    assert said(text) == [f"f:4: Orion, country: {country!r} is no country ({suggestion})"]


@pytest.mark.parametrize("country", ["NO", "EU", "INT", "XK", "GB"])
def test_iso_countries_the_union_and_the_world_are_countries(country):
    assert parse_feeds(f"outlets: [{{name: O, country: {country}, language: en}}]\n").outlets[0].country == country


@pytest.mark.parametrize(
    ("language", "suggestion"),
    [
        ("french", "write fr"),
        ("fre", "write fr"),
        ("pt_BR", "write pt-br"),
        ("xx", "write a BCP 47 code such as fr, en or pt-BR"),
        ("fr-", "write a BCP 47 code such as fr, en or pt-BR"),
    ],
)
def test_a_bad_language_is_refused(language, suggestion):
    text = f"outlets:\n- name: Orion\n  country: GB\n  language: {language}\n"
    assert said(text) == [f"f:4: Orion, language: {language!r} is no language ({suggestion})"]


def test_languages_are_kept_in_their_usual_case():
    codes = ["FR", "pt-br", "zh-hans", "zh-hant-tw", "es-419", "no", "sr-Latn-RS", "de-1996", "en-us-x", "e", ""]
    assert [canonical_language(code) for code in codes] == [
        "fr", "pt-BR", "zh-Hans", "zh-Hant-TW", "es-419", "no", "sr-Latn-RS", "de-1996", None, None, None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("timezone: Europe/Pariss", "f:3: timezone: 'Europe/Pariss' is no time zone (did you mean Europe/Paris?)"),
        ("timezone: ../etc/passwd", "f:3: timezone: '../etc/passwd' is no time zone (write for instance Europe/Paris)"),
        ("digest_at: 7h", "f:3: digest_at: '7h' is no time of day (write hours and minutes, for instance \"07:00\")"),
        ("digest_at: 24:00", "f:3: digest_at: '24:00' is no time of day (write hours and minutes, for instance \"07:00\")"),
        ("digest_at: 7", "f:3: digest_at: '7' is no time of day (write hours and minutes, for instance \"07:00\")"),
        ("languages: []", "f:3: languages: names no language (write for instance [fr, en])"),
        ("languages: [fr, en, FR]", "f:3: languages: names a language twice (write [fr, en])"),
        ("languages: fr", "f:3: languages: 'fr' is not a list (begin each entry with a hyphen, or write [])"),
        ("languages: [fr, english]", "f:3: languages, entry 2: 'english' is no language (write en)"),
        ("sections: []", "f:3: sections: names no section (leave the key out for the usual five)"),
        ("sections:\n- {id: a, label: {}}", "f:4: section 1, label: has no text (write for instance {fr: Afrique, en: Africa})"),
        ("sections:\n- {id: a}", "f:4: section 1: label is missing (add label: …)"),
        ("sections:\n- {id: a, label: {en: A}}\n- {id: a, label: {en: B}}", "f:5: the section a is there twice (remove one of the two)"),
        ("sections:\n- {id: A, label: {en: A}}", "f:4: section 1, id: 'A' is no id: lower-case letters, digits and single hyphens, at most 64 (write a)"),
        ("nam: x", "f:3: desk: the key nam is not known (did you mean name?)"),
        ('name: ""', "f:3: name: is empty (give the name as it is printed)"),
    ],
)  # fmt: skip
def test_each_mistake_of_the_desk_has_its_line_and_a_suggestion(lines, problem):
    assert desk(lines) == [problem]


def test_a_section_hint_must_be_one_of_the_desks_own_sections():
    text = "desk:\n  sections: [{id: north, label: {en: North}}]\noutlets:\n- name: O\n  country: GB\n  language: en\n  feeds:\n"
    assert said(text + "  - {url: https://o.example/, section: asia}\n") == [
        "f:8: O, feed 1, section: 'asia' is no section of the desk (known: north)"
    ]
    assert parse_feeds(text + "  - {url: https://o.example/, section: north}\n").outlets[0].feeds[0].section == "north"


def test_the_same_address_at_two_outlets_is_a_mistake():
    text = (
        "outlets:\n- {name: A, country: FR, language: fr, feeds: [https://o.example/x]}\n"
        "- {name: B, country: FR, language: fr, feeds: [{url: http://o.example/x/}]}\n"
    )
    assert said(text) == ["f:3: B, feed 1: the same feed is already at A (line 2) (remove one of the two)"]


def test_the_same_id_twice_is_a_mistake():
    text = "outlets:\n- {name: Le Monde, country: FR, language: fr}\n- {name: Other, id: le-monde, country: FR, language: fr}\n"
    assert said(text) == [
        "f:3: Other: the id le-monde is that of another outlet (line 2) (remove one of the two, or give this one an id: of its own)"
    ]


def test_a_name_in_another_script_needs_an_id():
    assert said("outlets:\n- {name: Комета, country: UA, language: uk}\n") == [
        "f:2: Комета: no id can be made of a name that is not in Latin letters (add id: with lower-case letters, digits and hyphens)"
    ]


def test_the_default_id_is_the_name_in_plain_letters():
    names = ["Le Monde", "L'Opinion", "Süddeutsche Zeitung", "Der Große Bär", "Łódź Øst", "El País", "B2 (Bruxelles2)", "  ", "日本", "!?"]
    assert [slug(name) for name in names] == [
        "le-monde", "l-opinion", "suddeutsche-zeitung", "der-grosse-bar", "lodz-ost", "el-pais", "b2-bruxelles2", None, None, None,
    ]  # fmt: skip


def test_mistakes_of_yaml_and_of_content_are_reported_together_in_the_order_of_the_file():
    text = "outlets:\n- name: O\n  country: UK\n  language: &l en\n  name: P\nfeeds: []\n"
    assert said(text) == [
        "f:3: O, country: 'UK' is no country (write GB)",
        "f:4: the anchor &l is not allowed (remove it)",
        "f:5: the key name is there twice (first in line 2) (keep one of the two)",
        "f:6: the key feeds is not known (known: desk, outlets)",
    ]


def test_more_than_twenty_mistakes_are_all_listed():
    rows = "".join(f"- {{name: O{number}, country: UK, language: french, weight: 7}}\n" for number in range(40))
    problems = said("outlets:\n" + rows)
    assert len(problems) == 120
    assert problems[-1] == "f:41: O39, weight: 7 is outside 0.2 … 1.0 (write 1.0)"


@pytest.mark.parametrize(
    "data",
    [
        b"outlets: [" + b"[" * 5000,
        b"a: &a [x]\nb: [*a, *a]\n",
        b"outlets: !!python/object/apply:os.system [ls]\n",
        b"outlets: []\noutlets: []\n",
        b"\x00" * 100,
        b"outlets: " + b"x" * 2_000_000,
        "outlets: [{name: O\u202e, country: FR, language: fr}]".encode(),
        b"outlets: {a: b}\ndesk: [1]\n",
    ],
)
def test_a_hostile_file_is_a_config_error_and_nothing_else(data):
    assert len(said(data)) >= 1
