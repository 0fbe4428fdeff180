"""The addresses of a case's two pages: the household's own, and that of who follows it."""

from __future__ import annotations

from api.households.asking import case_token

HOUSEHOLD, VISITOR = "/m/", "/suivi/"


def household_address(token: str, public_url: str) -> str:
    """What the visitor hands over: the page of one link."""
    return f"{public_url}{HOUSEHOLD}{token}"


def followup_address(reference: str, secret: str, public_url: str) -> str:
    """The page by which a visitor follows one case: it opens no other."""
    return f"{public_url}{VISITOR}{case_token(reference, secret)}"
