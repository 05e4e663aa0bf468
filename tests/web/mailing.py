"""Messages in every state of the outbox, for the tests of its pages."""

from __future__ import annotations

import itertools
from datetime import timedelta

from monitor.pipeline import outbox as rules
from monitor.records import Accepted, Broken, MailOutcome, Refused, Sender
from monitor.render.letter import letter
from monitor.store import outbox
from monitor.store.models import OutboxMessage
from tests.web import rows

SENDER = Sender("desk@press.example", "Revue de presse", "desk@press.example", "https://desk.example")
_NUMBERS = itertools.count(1)
OUTCOMES: dict[str, MailOutcome] = {
    "sent": Accepted("4QX1tz0001"),
    "deferred": Refused("recipient", 451, "4.7.1 Greylisted, try again in five minutes"),
    "failed": Refused("end", 550, "5.7.1 Rejected as spam <b>x</b>"),
    "uncertain": Broken("end", "no answer within 180 seconds"),
}
HTML = '<p style="color:#123">Le port <bdi>de Vell</bdi></p><script>document.title="broken into"</script><img src="https://evil.example/p.png">'


def a_message(
    state: str = "pending", *, kind: str = "alert", subject: str = "", recipient: str = "ana@reader.example", sender: Sender = SENDER
) -> OutboxMessage:
    """A message that has come into this state the way messages do."""
    number = next(_NUMBERS)
    made = letter(
        kind=kind,
        key=f"key {number}",
        sender=sender,
        recipient=recipient,
        recipient_name="Ana",
        subject=subject or f"Alerte « frégates » : le port de Vell est fermé ({number})",
        text=f"Message {number}\nhttps://desk.example/story/1",
        html=HTML,
        language="fr",
        at=rows.NOW,
    )
    at = rows.NOW - timedelta(minutes=50 - min(number, 49))
    outbox.keep(made, at)
    row = OutboxMessage.objects.get(kind=kind, key=f"key {number}")
    if state in OUTCOMES:
        hand = outbox.claim(at, "w")
        assert hand is not None
        assert hand.pk == row.pk
        outcome = OUTCOMES[state]
        if not isinstance(outcome, Refused):
            outbox.mark_handed(hand, at)
        outbox.settle(hand, rules.after(outcome, hand.standing, at), at + timedelta(seconds=2), queue_id=getattr(outcome, "queue_id", ""))
        OutboxMessage.objects.filter(pk=row.pk, due_at__isnull=False).update(due_at=rows.NOW + timedelta(minutes=5))
    row.refresh_from_db()
    return row


def a_day() -> OutboxMessage:
    """An outbox with something in every state; the message that failed."""
    failed = a_message("failed")
    for state, kind in (("sent", "digest"), ("sent", "alert"), ("deferred", "alert"), ("uncertain", "digest"), ("sent", "invite")):
        a_message(state, kind=kind)
    a_message(
        "pending",
        kind="edition",
        subject="63e édition : revue de presse",
        recipient="a-very-long-address-of-somebody@department.university.example",
    )
    a_message("pending", subject="\u202eevil\u202c <b>bold</b> حريق في الميناء")
    outbox.note_refusal("gone@reader.example", rows.NOW, final=True, note="address-refused: 550 5.1.1 No such user here")
    return failed
