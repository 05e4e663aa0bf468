"""deploy/: the unit and the compose file say what they must, and name only settings and commands that exist."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import RawConfigParser
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from monitor.config.environment import SETTING_NAMES

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
UNIT = DEPLOY / "systemd" / "monitor.service"
HARDENING = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectControlGroups": "yes",
    "ProtectClock": "yes",
    "ProtectHostname": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces": "yes",
    "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "SystemCallFilter": "@system-service",
    "CapabilityBoundingSet": "",
    "UMask": "0077",
    "MemoryMax": "4G",
    "TasksMax": "256",
    "Type": "notify",
    "WatchdogSec": "60",
    "Restart": "always",
    "TimeoutStopSec": "20",
    "StateDirectory": "monitor",
    "User": "monitor",
}


def service() -> dict[str, str]:
    parser = RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNIT, encoding="utf-8")
    return dict(parser["Service"])


def test_unit_is_hardened() -> None:
    assert {name: service().get(name) for name in HARDENING} == HARDENING


def test_unit_runs_the_one_command() -> None:
    assert service()["ExecStart"].endswith("/monitor run")


def test_settings_named_in_deploy_exist() -> None:
    known = {*SETTING_NAMES, *(f"{name}_FILE" for name in SETTING_NAMES)}
    named = {
        name for path in DEPLOY.rglob("*") if path.is_file() for name in re.findall(r"MONITOR_[A-Z_]+", path.read_text(encoding="utf-8"))
    }
    assert named - known == set()


def test_compose_gives_away_nothing() -> None:
    compose = YAML(typ="safe").load((DEPLOY / "compose" / "compose.yml").read_text(encoding="utf-8"))
    monitor = compose["services"]["monitor"]
    assert monitor["read_only"] is True
    assert monitor["cap_drop"] == ["ALL"]
    assert monitor["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in monitor["ports"])
    assert "SECRET_KEY" not in {key.removeprefix("MONITOR_") for key in monitor["environment"]}


def test_image_runs_unprivileged_from_the_lock() -> None:
    text = (DEPLOY / "compose" / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE) == ["10001"]
    assert "--require-hashes -r requirements.lock" in text
    assert re.search(r"HEALTHCHECK.*\n.*readyz", text)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here: the unit is checked by its keys only")
def test_unit_is_accepted_by_systemd(tmp_path: Path) -> None:
    unit = tmp_path / "monitor.service"
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/monitor/.venv/bin/monitor", "/bin/true"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, timeout=600, check=False)
    assert [line for line in done.stderr.splitlines() if "monitor.service" in line and "Unknown" in line] == []
