from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.yaml_file import LARGEST_FILE, did_you_mean, read_yaml, scan_yaml
from monitor.errors import ConfigError


def said(data: str | bytes) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.message) for problem in scan_yaml(data, "f.yaml")[1]]


def value(text: str) -> object:
    document, problems = scan_yaml(text, "f.yaml")
    assert problems == []
    assert document is not None
    return document.value


def test_values_follow_the_core_schema_of_yaml_1_2():
    text = "a: no\nb: 07:00\nc: 2025-01-31\nd: 0.8\ne: 12\nf: true\ng:\nh: ~\ni: '12'\nj: 1_000\nk: none\nl: 1e3\nm: on\nn: 012\no: 0x1F\n"
    assert value(text) == {
        "a": "no", "b": "07:00", "c": "2025-01-31", "d": 0.8, "e": 12, "f": True, "g": None, "h": None,
        "i": "12", "j": "1_000", "k": "none", "l": 1000.0, "m": "on", "n": 12, "o": 31,
    }  # fmt: skip


def test_keys_are_text_as_written():
    assert value("2035: a\ntrue: b\nNO: c\n~: d\n") == {"2035": "a", "true": "b", "NO": "c", "~": "d"}


def test_every_value_has_a_line():
    document, _ = scan_yaml("a:\n  - x: 1\n    y: 2\n  -\n    x: 3\nb: [1,\n  2]\n", "f.yaml")
    assert document is not None
    paths = [(), ("a",), ("a", 0), ("a", 0, "y"), ("a", 1), ("a", 1, "x"), ("b",), ("b", 1)]
    assert [document.line(*path) for path in paths] == [1, 1, 2, 3, 5, 5, 6, 7]


def test_a_path_that_is_not_there_gives_its_nearest_parent():
    document, _ = scan_yaml("\na:\n  b: 1\n", "f.yaml")
    assert document is not None
    assert (document.line("a", "b", "c", 4), document.line("z"), document.line("a", "q")) == (3, 2, 2)
    assert str(document.problem("is odd", "a", "b", suggestion="write 2")) == "f.yaml:3: is odd (write 2)"


def test_an_empty_file_is_null():
    assert value("") is None
    assert value("# only a comment\n") is None


def test_duplicate_keys_are_reported_and_the_first_stays():
    document, problems = scan_yaml("a: 1\nb:\n  c: 1\n  c: {d: 2}\na: 3\n", "f.yaml")
    assert document is not None
    assert document.value == {"a": 1, "b": {"c": 1}}
    assert [str(problem) for problem in problems] == [
        "f.yaml:4: the key c is there twice (first in line 3) (keep one of the two)",
        "f.yaml:5: the key a is there twice (first in line 1) (keep one of the two)",
    ]


def test_a_duplicate_does_not_move_the_lines_of_the_first():
    document, _ = scan_yaml("a:\n  b: 1\na:\n  b: 2\n  c: 3\n", "f.yaml")
    assert document is not None
    assert (document.value, document.line("a", "b"), document.line("a", "c")) == ({"a": {"b": 1}}, 2, 1)


def test_anchors_aliases_and_tags_are_all_reported_at_once():
    assert said("a: &x 1\nb: *x\nc: !!python/object/apply:os.system ['true']\nd: !mine {e: 1}\n*x : 5\n") == [
        (1, "the anchor &x is not allowed"),
        (2, "the alias *x is not allowed"),
        (3, "the tag !!python/object/apply:os.system is not allowed"),
        (4, "the tag !mine is not allowed"),
        (5, "the alias *x is not allowed"),
    ]


def test_an_alias_bomb_is_refused_and_its_mistakes_are_counted():
    text = "a: &a [x, x]\n" + "".join(f"k{i}: [*a, *a, *a, *a]\n" for i in range(100))
    problems = scan_yaml(text, "f.yaml")[1]
    assert len(problems) == 52
    assert problems[-1].message == "has 350 more mistakes of the same kinds"


@pytest.mark.parametrize("text", ["[" * 5000, "{a: " * 5000, "".join(" " * i + "a:\n" for i in range(60)), "- " * 3000])
def test_depth_is_bounded(text):
    document, problems = scan_yaml(text, "f.yaml")
    assert document is None
    assert [problem.message for problem in problems] == ["is nested more than 20 levels deep"]


def test_twenty_levels_are_fine():
    assert scan_yaml("[" * 20 + "]" * 20, "f.yaml")[1] == []


def test_a_file_over_one_mebibyte_is_refused(tmp_path: Path):
    path = tmp_path / "big.yaml"
    path.write_bytes(b"# " + b"x" * LARGEST_FILE)
    with pytest.raises(ConfigError) as caught:
        read_yaml(path)
    assert str(caught.value) == f"{path}: is larger than 1 MiB (split off what is not needed)"


def test_too_many_values_are_refused():
    assert said("[" + "1," * 200_000 + "1]") == [(1, "holds more than 200000 values")]


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"a: 1\nb: \x00\n", 2, "contains the control character U+0000"),
        (b"\x89PNG\r\n\x1a\n", 1, "is not UTF-8 text"),
        (b"a: 1\nb: \xff\n", 2, "is not UTF-8 text"),
        ('a: "\\0"\n', 1, "contains the control character U+0000"),
        ('a: "\\ud800"\n', 1, "contains the control character U+D800"),
        ("a: 1\nb: x\u202ey\n", 2, "contains the invisible direction mark U+202E"),
        ("a: 1\n---\nb: 2\n", 2, "holds a second document"),
        ("a: .inf\n", 1, ".inf is not a finite number"),
        ("a: 1e999\n", 1, "1e999 is not a finite number"),
        ("a: " + "9" * 5000, 1, "is a number of more than 18 digits"),
        ("? [a, b]\n: 1\n", 1, "a key must be a plain word"),
        ("a: b: c\n", 1, "cannot be read as YAML: mapping values are not allowed here"),
        ("a: 1\n\tb: 2\n", 2, "cannot be read as YAML: found character '\\t' that cannot start any token"),
    ],
)
def test_each_mistake_of_form_has_its_line(data, line, message):
    assert said(data)[0] == (line, message)


def test_a_missing_file_is_one_problem(tmp_path: Path):
    path = tmp_path / "none.yaml"
    with pytest.raises(ConfigError) as caught:
        read_yaml(path)
    assert str(caught.value) == f"{path}: cannot be read: No such file or directory (check the path and its permissions)"


def test_a_byte_order_mark_and_windows_line_ends_are_fine():
    document, problems = scan_yaml(b"\xef\xbb\xbfa: 1\r\nb:\r\n  c: 2\r\n", "f.yaml")
    assert problems == []
    assert document is not None
    assert (document.value, document.line("b", "c")) == ({"a": 1, "b": {"c": 2}}, 3)


def test_did_you_mean_names_the_closest_word_or_lists_the_few_known():
    known = ["name", "language", "country"]
    assert [did_you_mean(word, known) for word in ("languge", "Language", "zzz")] == [
        "did you mean language?",
        "did you mean language?",
        "known: name, language, country",
    ]
    assert did_you_mean("zzz", [f"w{i}" for i in range(40)]) == ""
