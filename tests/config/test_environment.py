from __future__ import annotations

import dataclasses
import ipaddress
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from monitor.config.environment import SETTING_NAMES, Settings, ensure_secret_key, load_settings, without_password
from monitor.errors import ConfigError

KEY = "k3J9-aaaa-bbbb-cccc-dddd-eeee-ffff-0123456789"


def said(**environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_settings({f"MONITOR_{name}": value for name, value in environ.items()})
    return [str(problem) for problem in caught.value.problems]


def test_defaults_are_a_desk_on_this_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load_settings({"PATH": "/bin"})
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert dataclasses.asdict(settings) == {
        "home": tmp_path / "var",
        "database_url": f"sqlite:///{tmp_path}/var/monitor.sqlite3",
        "feeds": tmp_path / "feeds.yaml",
        "themes": None,
        "style": None,
        "host": "127.0.0.1",
        "port": 8000,
        "public_url": "",
        "insecure": False,
        "secret_key": "",
        "contact": "",
        "allow_networks": (),
        "host_interval": 5.0,
        "parsers": cores,
        "smtp_url": "",
        "mail_from": "",
        "mail_page": "",
        "metrics_token": "",
        "log": "text",
        "test_database_url": "",
        "failpoint": "",
        "sources": dict.fromkeys(SETTING_NAMES, "default"),
    }


def test_every_setting_can_be_given(tmp_path):
    settings = load_settings(
        {
            "MONITOR_HOME": str(tmp_path),
            "MONITOR_DATABASE_URL": "postgresql://desk:p%40ss@db.example.org/monitor?sslmode=require",
            "MONITOR_FEEDS": "/etc/monitor/feeds.yaml",
            "MONITOR_THEMES": "/etc/monitor/themes.yaml",
            "MONITOR_STYLE": "/etc/monitor/style.yaml",
            "MONITOR_BIND": "[::]:9000",
            "MONITOR_PUBLIC_URL": "https://Desk.Example.org/",
            "MONITOR_INSECURE": "no",
            "MONITOR_SECRET_KEY": KEY,
            "MONITOR_CONTACT": "desk@example.org",
            "MONITOR_ALLOW_NETWORKS": "10.2.0.0/16, fd00::/8",
            "MONITOR_HOST_INTERVAL": "0",
            "MONITOR_PARSERS": "3",
            "MONITOR_SMTP_URL": "smtps://desk:secret@mail.example.org:465",
            "MONITOR_MAIL_FROM": "Press review <desk@example.org>",
            "MONITOR_MAIL_PAGE": "http://127.0.0.1:8025/",
            "MONITOR_METRICS_TOKEN": "0123456789abcdef",
            "MONITOR_LOG": "json",
            "MONITOR_TEST_DATABASE_URL": "postgresql://postgres@/test?host=/run/pg",
            "MONITOR_FAILPOINT": "7",
        }
    )
    assert settings == Settings(
        home=tmp_path,
        database_url="postgresql://desk:p%40ss@db.example.org/monitor?sslmode=require",
        feeds=Path("/etc/monitor/feeds.yaml"),
        themes=Path("/etc/monitor/themes.yaml"),
        style=Path("/etc/monitor/style.yaml"),
        host="::",
        port=9000,
        public_url="https://desk.example.org",
        insecure=False,
        secret_key=KEY,
        contact="desk@example.org",
        allow_networks=(ipaddress.ip_network("10.2.0.0/16"), ipaddress.ip_network("fd00::/8")),
        host_interval=0.0,
        parsers=3,
        smtp_url="smtps://desk:secret@mail.example.org:465",
        mail_from="Press review <desk@example.org>",
        mail_page="http://127.0.0.1:8025",
        metrics_token="0123456789abcdef",
        log="json",
        test_database_url="postgresql://postgres@/test?host=/run/pg",
        failpoint="7",
        sources=dict.fromkeys(SETTING_NAMES, "environment"),
    )


def test_a_setting_can_come_from_a_file(tmp_path):
    path = tmp_path / "contact"
    path.write_text("desk@example.org\n", encoding="utf-8")
    settings = load_settings({"MONITOR_CONTACT_FILE": str(path), "MONITOR_LOG": "json"})
    sources = {name: settings.sources[name] for name in ("MONITOR_CONTACT", "MONITOR_LOG", "MONITOR_BIND")}
    assert (settings.contact, sources) == (
        "desk@example.org",
        {"MONITOR_CONTACT": str(path), "MONITOR_LOG": "environment", "MONITOR_BIND": "default"},
    )


def test_an_empty_variable_counts_as_not_given():
    assert load_settings({"MONITOR_LOG": "", "MONITOR_CONTACT_FILE": ""}).sources["MONITOR_LOG"] == "default"


def test_all_mistakes_are_reported_at_once_with_suggestions(tmp_path):
    (tmp_path / "empty").write_text("", encoding="utf-8")
    assert said(
        BNID="x",
        FEEDS_FIEL="x",
        BIND="8000",
        LOG="xml",
        CONTACT="a@b",
        CONTACT_FILE="/nowhere",
        MAIL_FROM_FILE=str(tmp_path / "absent"),
        HOST_INTERVAL="often",
        SECRET_KEY_FILE=str(tmp_path / "empty"),
    ) == [
        "MONITOR_BNID: is not a setting (did you mean MONITOR_BIND?)",
        "MONITOR_FEEDS_FIEL: is not a setting (did you mean MONITOR_FEEDS_FILE?)",
        "MONITOR_BIND: '8000' has no port between 1 and 65535 (write host:port, for instance 127.0.0.1:8000 or [::1]:8000)",
        f"MONITOR_SECRET_KEY: MONITOR_SECRET_KEY_FILE names {tmp_path}/empty, which is empty",
        "MONITOR_CONTACT: is set, and so is MONITOR_CONTACT_FILE (unset one of the two)",
        "MONITOR_HOST_INTERVAL: 'often' is no number of seconds (write 5)",
        f"MONITOR_MAIL_FROM: MONITOR_MAIL_FROM_FILE names {tmp_path}/absent, which cannot be read: No such file or directory",
        "MONITOR_LOG: 'xml' is no form of log (write text or json)",
    ]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("HOME", "a\nb", "contains a line break or a control character"),
        ("HOME", "~nobody-of-this-machine/x", "'~nobody-of-this-machine/x' begins with the home of somebody this machine does not know"),
        ("BIND", "127.0.0.1:0", "'127.0.0.1:0' has no port between 1 and 65535"),
        ("BIND", "::1:8000", "'::1' is no host to listen on"),
        ("BIND", "[127.0.0.1]:80", "[127.0.0.1] is no IPv6 address"),
        ("BIND", "127.1:80", "'127.1' is no host to listen on"),
        ("PUBLIC_URL", "desk.example.org", "is no http or https address"),
        ("PUBLIC_URL", "https://desk.example.org/monitor", "must be scheme and host only, without a path"),
        ("PUBLIC_URL", "https://a:b@desk.example.org", "must not carry a user or password"),
        ("PUBLIC_URL", "https://[::1", "cannot be read as an address"),
        ("INSECURE", "perhaps", "'perhaps' is neither yes nor no"),
        ("SECRET_KEY", "short", "is too weak: at least 32 characters, not all alike"),
        ("SECRET_KEY", "a" * 64, "is too weak: at least 32 characters, not all alike"),
        ("CONTACT", "desk@", "'desk@' is no e-mail address"),
        ("CONTACT", "https://example.org/ desk", "contains a blank, a backslash or a control character"),
        ("ALLOW_NETWORKS", "10.2.3.4/16", "10.2.3.4/16 has bits set after its prefix"),
        ("ALLOW_NETWORKS", "intranet", "'intranet' is no network"),
        ("HOST_INTERVAL", "-1", "-1 is not between 0 and 3600 seconds"),
        ("HOST_INTERVAL", "nan", "nan is not between 0 and 3600 seconds"),
        ("PARSERS", "0", "'0' is not a whole number between 1 and 64"),
        ("PARSERS", "1.5", "'1.5' is not a whole number between 1 and 64"),
        ("SMTP_URL", "mail.example.org:25", "is no mail server"),
        ("SMTP_URL", "smtp://mail.example.org/x", "has something after the host and port"),
        ("MAIL_FROM", "Press review", "'Press review' is no sender"),
        ("METRICS_TOKEN", "abc", "is too weak: at least 16 characters, not all alike"),
        ("LOG", "JSON", "'JSON' is no form of log"),
        ("DATABASE_URL", "sqlite://monitor.sqlite3", "is no SQLite address: three slashes and a path are needed"),
        ("DATABASE_URL", "mysql://db/x", "the scheme 'mysql' is neither sqlite nor postgresql"),
        ("DATABASE_URL", "postgresql://db", "names no database"),
        ("DATABASE_URL", "postgresql://db/x?options=-c", "has the unknown parameter options"),
        ("TEST_DATABASE_URL", "sqlite:///x", "the scheme 'sqlite' is neither sqlite nor postgresql"),
    ],
)
def test_each_bad_value_is_an_error(name, value, message):
    with pytest.raises(ConfigError) as caught:
        load_settings({f"MONITOR_{name}": value})
    assert [(problem.file, problem.message) for problem in caught.value.problems] == [(f"MONITOR_{name}", message)]


def test_a_network_with_host_bits_gets_the_network_that_was_meant():
    assert said(ALLOW_NETWORKS="10.2.3.4/16") == ["MONITOR_ALLOW_NETWORKS: 10.2.3.4/16 has bits set after its prefix (write 10.2.0.0/16)"]


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "[::]:8000", "192.0.2.7:80", "desk.example.org:80"])
@pytest.mark.parametrize("public", ["", "http://desk.example.org"])
def test_listening_beyond_this_machine_without_https_is_refused(bind, public):
    problems = said(BIND=bind, PUBLIC_URL=public)
    assert [problem.split(":", 1)[0] for problem in problems] == ["MONITOR_BIND"]
    assert load_settings({"MONITOR_BIND": bind, "MONITOR_PUBLIC_URL": public, "MONITOR_INSECURE": "1"}).insecure is True


@pytest.mark.parametrize("bind", ["127.0.0.1:8000", "[::1]:8000", "localhost:1", "127.9.9.9:80"])
def test_listening_on_loopback_needs_no_https(bind):
    assert load_settings({"MONITOR_BIND": bind}).insecure is False


def test_secrets_are_never_in_the_repr_and_are_masked_in_print():
    settings = load_settings(
        {
            "MONITOR_SECRET_KEY": KEY,
            "MONITOR_DATABASE_URL": "postgresql://desk:pass-one@db.example.org/monitor",
            "MONITOR_SMTP_URL": "smtp://desk:pass-two@mail.example.org",
            "MONITOR_METRICS_TOKEN": "token-0123456789abcdef",
        }
    )
    text = repr(settings) + str(settings) + str(settings.printable())
    assert [secret for secret in (KEY, "pass-one", "pass-two", "token-0") if secret in text] == []
    printed = settings.printable()
    assert tuple(printed) == SETTING_NAMES
    assert (printed["MONITOR_DATABASE_URL"], printed["MONITOR_SMTP_URL"], printed["MONITOR_SECRET_KEY"]) == (
        "postgresql://desk:***@db.example.org/monitor",
        "smtp://desk:***@mail.example.org",
        "***",
    )


def test_a_problem_never_prints_a_secret():
    problems = said(SECRET_KEY="hunter2", DATABASE_URL="mysql://desk:hunter2@db/x", SMTP_URL="http://desk:hunter2@mail")
    assert len(problems) == 3
    assert [problem for problem in problems if "hunter2" in problem] == []


def test_without_password_leaves_an_address_without_one_alone():
    assert without_password("sqlite:////var/x.sqlite3") == "sqlite:////var/x.sqlite3"


def test_the_secret_key_is_made_once_with_mode_0600(tmp_path):
    home = tmp_path / "home"
    key = ensure_secret_key(home)
    assert ensure_secret_key(home) == key
    assert len(key) >= 64
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["secret_key"]
    settings = load_settings({"MONITOR_HOME": str(home)})
    assert (settings.secret_key, settings.sources["MONITOR_SECRET_KEY"]) == (key, str(home / "secret_key"))


def test_many_starts_at_once_agree_on_one_secret_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(ensure_secret_key, [tmp_path] * 32))
    assert len(keys) == 1


def test_a_home_with_odd_characters_still_gives_a_database(tmp_path):
    from monitor.config.database import database_settings

    home = tmp_path / "a b#c?d%25"
    settings = load_settings({"MONITOR_HOME": str(home)})
    assert database_settings(settings.database_url)["NAME"] == str(home / "monitor.sqlite3")
