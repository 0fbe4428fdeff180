"""How those who sign in are known: their second factor, and the list of passwords that leaked."""

from __future__ import annotations

from collections.abc import Iterator

from api.health.findings import FINE, LOOK, OFF, Check
from api.setting_values import REQUIRED
from api.settings import Settings
from bot.messages import Text


def passwords(settings: Settings) -> Iterator[Check]:
    """The second factor, ours and the provider's, and where new passwords are looked up."""
    if settings.second_factor == REQUIRED:
        yield Check("second_factor", FINE, Text("doctor.second_factor.required"))
    else:
        found, remedy = Text("doctor.second_factor.offered"), Text("doctor.second_factor.require")
        yield Check("second_factor", LOOK, found, remedy)
    if settings.oidc_issuer and not settings.oidc_acr:
        yield Check("oidc", LOOK, Text("doctor.oidc.any"), Text("doctor.oidc.name"))
    elif settings.oidc_issuer:
        yield Check("oidc", FINE, Text("doctor.oidc.named", {"ways": " ".join(settings.oidc_acr)}))
    if settings.leaked_passwords is None:
        yield Check("leaked_passwords", OFF, Text("doctor.leaked.none"), Text("doctor.leaked.give"))
    else:
        yield Check("leaked_passwords", FINE, Text("doctor.leaked.file", {"file": str(settings.leaked_passwords)}))
