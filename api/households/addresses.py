"""The addresses of pages that a link alone opens: a household's own, that of who follows it, a campaign's."""

from __future__ import annotations

from api.households.asking import case_token
from api.signing import name_signed, signed_name

HOUSEHOLD, VISITOR, CAMPAIGN = "/m/", "/suivi/", "/campagne/"
PURPOSE = b"campagne "


def household_address(token: str, public_url: str) -> str:
    """What the visitor hands over: the page of one link."""
    return f"{public_url}{HOUSEHOLD}{token}"


def followup_address(reference: str, secret: str, public_url: str) -> str:
    """The page by which a visitor follows one case: it opens no other."""
    return f"{public_url}{VISITOR}{case_token(reference, secret)}"


def campaign_address(campaign: str, secret: str, public_url: str) -> str:
    """The page of a campaign: it opens no other."""
    return f"{public_url}{CAMPAIGN}{signed_name(campaign, PURPOSE, secret)}"


def campaign_of(token: str, secret: str) -> str | None:
    """The campaign that the token of an address names, or None where it is not ours."""
    return name_signed(token, PURPOSE, secret)
