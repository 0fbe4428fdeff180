"""The pages of coordinators, each with what it is given: a part of the wiring that `create_app` calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from starlette.routing import Route

from api.access.gate import Gate
from api.access.openid import Provider
from api.access.signing_in import SignIn
from api.access.team import Team
from api.answers import Answers
from api.households.campaigns import CampaignDesk
from api.pages.account import account_pages
from api.pages.case_file import case_file_page
from api.pages.casework import casework_pages
from api.pages.cler import cler_pages
from api.pages.desk import DeskPages, desk_files, read_desk
from api.pages.doctrine import doctrine_pages
from api.pages.exports import exports_pages
from api.pages.joining import joining_page
from api.pages.privacy import privacy_pages
from api.pages.review import review_page
from api.pages.rulesets import ruleset_pages
from api.pages.sign_in import BACK, sign_in_pages
from api.pages.sign_in.by_provider import ByProvider
from api.pages.statistics import statistics_page
from api.pages.team import team_pages
from api.pages.vignettes import vignettes_pages
from api.pages.webhooks import webhooks_page
from api.parts import Parts, webhook_desk
from api.privacy.person import Persons
from api.review.doctrine import Doctrines
from api.review.replays import Replays
from api.review.rulesets import RulesetReview
from api.review.verdicts import Verdicts
from api.review.vignettes import VignetteDesk
from api.storage.api_keys import ApiKeys
from api.storage.journal import now
from bot.channels import Aloud
from bot.channels.channel import Channel


def coordinator_pages(
    parts: Parts, gate: Gate, channels: Sequence[Channel], today: Callable[[], date], aloud: Aloud
) -> list[Route]:
    """Every page behind the gate, and those that lead there. ``aloud``: reads messages to households."""
    desk = read_desk(gate.pages, parts.territory_name)
    return [
        *desk_files(desk),
        *access_pages(parts, gate, desk, channels),
        *review_pages(parts, gate, desk, today),
        *figure_pages(parts, gate, desk),
        *household_pages(parts, gate, desk, aloud),
        *data_pages(parts, gate, desk),
    ]


def access_pages(parts: Parts, gate: Gate, desk: DeskPages, channels: Sequence[Channel]) -> list[Route]:
    """Signing in, one's own account, the team of a territory, and the page of an invitation."""
    settings = parts.settings
    sign_in = SignIn(
        parts.store.accounts, parts.vault, settings.secret_key, gate.rates, leaked=settings.leaked_passwords
    )
    provider = None
    if settings.oidc_issuer and settings.oidc_client_id:
        back, secret = settings.public_url + BACK, settings.oidc_client_secret
        known = Provider(settings.oidc_issuer, settings.oidc_client_id, secret, back, acr=settings.oidc_acr)
        provider = ByProvider(known, parts.store, settings.secret_key)
    return [
        *sign_in_pages(gate, sign_in, provider),
        *account_pages(gate, desk, sign_in, parts.territory_name),
        *team_pages(gate, desk, Team(parts.store, sign_in), parts.territory_name, channels),
        *joining_page(parts.store, gate.pages, parts.territories.get),
    ]


def review_pages(parts: Parts, gate: Gate, desk: DeskPages, today: Callable[[], date]) -> list[Route]:
    """What was asked, the verdicts on it and what follows from them, and what the text leaves open."""
    answers = Answers(parts.store, parts.rulesets, lambda: parts.decider, today)
    webhooks = webhook_desk(parts)
    verdicts = Verdicts(parts.store, parts.jobs, after=webhooks.after)
    replays = Replays()
    doctrines = Doctrines(parts.store, parts.compiled, parts.territories, replays)
    rulesets = RulesetReview(parts.store, parts.rulesets, parts.territories, replays)
    return [
        *review_page(gate, desk, verdicts, parts.rulesets, answers.as_given, parts.territories.get),
        *case_file_page(gate, desk, parts.store, lambda: parts.rulesets.current.ruleset, parts.territories.get),
        *webhooks_page(gate, desk, webhooks),
        *doctrine_pages(gate, desk, doctrines, today),
        *ruleset_pages(gate, desk, rulesets),
        *cler_pages(gate, desk, parts.store, parts.compiled, parts.territories.get, today),
    ]


def figure_pages(parts: Parts, gate: Gate, desk: DeskPages) -> list[Route]:
    """Figures, and the situations that every visitor answers."""
    vignettes = VignetteDesk(parts.store, parts.jobs, lambda: parts.decider, now)
    return [
        *statistics_page(gate, desk, parts.store, lambda: parts.decider, now),
        *vignettes_pages(gate, desk, vignettes, parts.settings.secret_key),
    ]


def household_pages(parts: Parts, gate: Gate, desk: DeskPages, aloud: Aloud) -> list[Route]:
    """The households of a territory."""
    campaigns = CampaignDesk(parts.store, parts.vault, parts.jobs, parts.territories.get)
    known = parts.territories.get
    planning, voices = parts.planning, parts.voices
    return casework_pages(gate, desk, parts.store, parts.vault, campaigns, planning, known, voices, aloud)


def data_pages(parts: Parts, gate: Gate, desk: DeskPages) -> list[Route]:
    """Tables to take away, keys of programs, what is kept of people."""
    people = Persons(parts.store, parts.vault, parts.settings.secret_key)
    return [
        *exports_pages(gate, desk, parts.store, ApiKeys(parts.store.engine)),
        *privacy_pages(gate, desk, people, parts.terms),
    ]
