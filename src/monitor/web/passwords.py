"""What a new password must be, said in the reader's words."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from monitor.store.models import Person

LONGEST = 1_000


def mistakes(new: str, again: str, person: Person) -> list[str]:
    """Everything wrong with a new password typed twice; `person` need not be stored yet."""
    if new != again:
        return [_("The two new passwords differ.")]
    if len(new) > LONGEST:
        return [_("This password is too long.")]
    try:
        validate_password(new, person)
    except ValidationError as refused:
        return list(refused.messages)
    return []
