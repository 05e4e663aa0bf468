"""A real mail server (Debian's postfix) between us and the sink: letters arrive whole, with the headers they left with."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from monitor.outside.clock import SystemClock
from monitor.outside.mail_sink import MailSink
from monitor.outside.smtp import SmtpMailer, server_of
from monitor.records import Accepted, Attachment, Sender
from monitor.render.letter import letter
from tests.fakes import NOON
from tests.free_ports import free_port

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        shutil.which("postfix") is None or os.geteuid() != 0,
        reason="no postfix on this machine, or not root to start it (apt install postfix): relaying by a real mail server was NOT tested",
    ),
]
PATIENCE = 300.0  # seconds for a relay on this machine
MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mta.example
mydestination =
mynetworks = 127.0.0.0/8
relayhost = [127.0.0.1]:{sink}
smtp_dns_support_level = disabled
smtpd_recipient_restrictions = permit_mynetworks, reject
smtp_tls_security_level = none
smtpd_tls_security_level = none
alias_maps =
local_recipient_maps =
"""
MASTER = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""
HOSTILE = [
    "Alerte « frégates » : le port de Vell est fermé",
    "=?utf-8?q?=0ABcc:_x@evil.example?=",
    "a\r\nBcc: x@evil.example",
    "حريق في ميناء " * 12,
    "x" * 10_000,
    "\u202egnp.exe\u2066",
]


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with MailSink(SystemClock()) as opened:
        yield opened


@pytest.fixture
def mta(sink: MailSink) -> Iterator[int]:
    """The port of a postfix of our own that hands everything to the sink; its folder is gone afterwards."""
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="monitor-mta-"))
    folder.chmod(0o755)
    for name in ("config", "queue", "data"):
        (folder / name).mkdir(mode=0o755)
    shutil.chown(folder / "data", "postfix")
    (folder / "config" / "main.cf").write_text(MAIN.format(folder=folder, sink=sink.smtp_port), encoding="ascii")
    (folder / "config" / "master.cf").write_text(MASTER.format(port=port), encoding="ascii")
    command = ["postfix", "-c", str(folder / "config")]
    started = subprocess.run([*command, "start"], capture_output=True, text=True, timeout=PATIENCE, check=False)
    try:
        log = folder / "mail.log"
        assert started.returncode == 0, started.stderr + (log.read_text(encoding="utf-8") if log.exists() else "")
        yield port
    finally:
        subprocess.run([*command, "stop"], capture_output=True, timeout=PATIENCE, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def test_real_server_relays_letters_with_their_headers_intact(mta: int, sink: MailSink) -> None:
    sender = Sender("desk@press.example", 'Revue, "de" presse é', "answers@press.example", "https://desk.example")
    letters = [
        letter(
            kind="alert",
            key=f"rule:{number}",
            sender=sender,
            recipient=f"reader{number}@reader.example",
            recipient_name=subject,
            subject=subject,
            text=f"{subject}\n.\nFrom here\n" + "y" * 5000,
            html=f"<p>été {number}</p>" + "z" * 5000,
            language="fr",
            at=NOON,
            list_id="alerts",
            unsubscribe=f"https://desk.example/u/{'t' * 60}{number}",
            thread="story",
            bulk=True,
            attachments=[Attachment("édition.pdf", "application/pdf", bytes(range(256)) * 50)] if number == 0 else [],
        )
        for number, subject in enumerate(HOSTILE)
    ]
    mailer = SmtpMailer(server_of(f"smtp://127.0.0.1:{mta}"))
    outcomes = [mailer.send(sender.address, one.recipient, one.raw, before_dot=lambda: True) for one in letters]
    mailer.close()
    assert [type(outcome) for outcome in outcomes] == [Accepted] * len(letters)
    waited = threading.Event()
    for _ in range(int(PATIENCE * 10)):
        if len(sink.arrived()) == len(letters) or waited.wait(0.1):
            break
    arrived = {str(one.recipients[0]): one for one in sink.arrived()}
    assert sorted(arrived) == sorted(one.recipient for one in letters)
    for one in letters:
        left, came = (message_from_bytes(raw, policy=policy.compat32) for raw in (one.raw, arrived[one.recipient].raw))
        added = [name for name in came if name not in left]
        assert sorted(set(added)) == ["Received"]
        assert [(name, str(came[name])) for name in left] == [(name, str(left[name])) for name in left]
        bodies = [[part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()] for message in (left, came)]
        assert bodies[0] == bodies[1]
