"""What the channels, the pages and the commands share, opened once: the rules, the territories, the log, the desks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection

from api.access.membership import Doorkeeper
from api.deciding import Decider
from api.exchange import DurableExchange
from api.households.asking import AskingDesk
from api.households.desk import Desk
from api.households.jobs import HEAR
from api.households.planning import Planning
from api.jobs.adding import DurableJobs, prepare_tables
from api.privacy.retention import Retention
from api.privacy.terms import Terms, read_terms
from api.review.coordination import CoordinationDesk
from api.review.vignette_news import vignette_news
from api.rulesets import Rulesets
from api.setting_values import is_loopback
from api.settings import Settings, contact_keys
from api.speech.speaking import Speaking
from api.storage.households import Households
from api.storage.journal import now
from api.storage.sounds import Sounds
from api.storage.store import Store
from api.storage.tidings import VIGNETTE
from api.storage.vault import Vault
from api.storage.voice_notes import VoiceNotes
from api.territories import Territories, known_territories
from api.webhooks.addresses import Places
from api.webhooks.desk import WebhookDesk
from api.webhooks.posting import Poster
from bot.followup.questions import Facts
from bot.listening import Note
from bot.messages import Text
from bot.speech.voice import Voice
from bot.speech.voices import voices_here
from bot.translation.card import language_card
from rules.compile import CompiledRuleset
from rules.errors import RulesetError
from rules.load import SLIME_PLUS


@dataclass(frozen=True)
class Parts:
    """What the channels and the commands share: the rules, the territories, the log."""

    settings: Settings
    rulesets: Rulesets
    territories: Territories
    store: Store
    exchange: DurableExchange
    vault: Vault
    jobs: DurableJobs
    desk: Desk
    terms: Terms

    @property
    def retention(self) -> Retention:
        """Does away with what is past its time here."""
        return Retention(self.store, self.vault, self.terms)

    @property
    def decider(self) -> Decider:
        """Decides under the rules in force now; a request keeps the one it began with."""
        return Decider(self.rulesets.current, self.territories, self.settings.territory)

    def compiled(self) -> CompiledRuleset:
        """The rules in force now."""
        return self.rulesets.current

    def territory_name(self, territory: str | None) -> str:
        """What a territory calls itself; its id where it has no file."""
        known = self.territories.get(territory or "")
        return known.name if known else territory or ""

    def card(self, language: str, territory: str | None) -> Sequence[Text]:
        """What to know of a language before writing to a household in it."""
        audio = self.store.recordings.templates(territory, language)
        return language_card(language, self.settings.models, audio).lines

    def voices(self) -> frozenset[str]:
        """The languages that a synthetic voice speaks here."""
        return voices_here(self.settings.models)

    def coordination(self, connection: Connection) -> CoordinationDesk:
        """What visitors are told of the review, on a connection."""
        return coordination_desk(connection, self.rulesets, self.vault, self.jobs, self.settings)

    def plan_day(self, now: datetime) -> None:
        """Bring up to date what each household case is due, by the rules in force now, and send what is."""
        self.planning().plan_day(now)

    def send_due(self, now: datetime) -> None:
        """Send what leaves by itself by now."""
        self.planning().send_due(now)

    def planning(self) -> Planning:
        """By the rules in force now."""
        return Planning(self.desk, self.rulesets.current.ruleset.delays, self.territories.get)


def open_parts(settings: Settings, rules: Path = SLIME_PLUS) -> Parts:
    """Open the log, take the rules in force and read the territories. Raises RulesetError or StorageError.

    ``rules``: the folder of the ruleset that comes with the program.
    """
    store = Store.open(settings.database_url)
    try:
        rulesets = Rulesets.open(store, rules)
        territories, terms = known_territories(settings, store), read_terms(settings.data_dir)
    except RulesetError:
        store.close()
        raise
    prepare_tables(store.engine.url)
    vault, jobs = Vault(contact_keys(settings)), DurableJobs(store.engine)

    def hear(connection: Connection, dialogue: str, question: str, facts: Facts, today: date) -> bool:
        return exchange.hear(connection, dialogue, question, facts, today)

    def listening(connection: Connection, name: str, note: Note, address: str, sound: bytes) -> None:
        VoiceNotes(connection, vault).take(name, note, address, sound)
        jobs.add(connection, HEAR, f"hear-{name}", name)

    def plan(households: Households, reference: str) -> None:
        Planning(desk, rulesets.current.ruleset.delays, territories.get).refresh(households, reference, now())

    desk = Desk(store, vault, jobs, territories.get, hear=hear, plan=plan)
    exchange = DurableExchange(
        store,
        rulesets,
        territories.get,
        settings.secret_key,
        settings.territory,
        households=lambda connection: AskingDesk(desk, connection, settings.secret_key, settings.public_url),
        membership=Doorkeeper(vault, territories.get, settings.public_url).at,
        coordination=lambda connection: coordination_desk(connection, rulesets, vault, jobs, settings),
        listening=listening,
    )
    return Parts(settings, rulesets, territories, store, exchange, vault, jobs, desk, terms)


def coordination_desk(
    connection: Connection, rulesets: Rulesets, vault: Vault, jobs: DurableJobs, settings: Settings
) -> CoordinationDesk:
    """What visitors are told: verdicts on their questions, and vignettes."""
    others = {VIGNETTE: vignette_news(settings.secret_key, settings.public_url)}
    return CoordinationDesk(connection, rulesets, vault, jobs, settings.public_url, others=others)


def speaking(parts: Parts, voice: Voice) -> Speaking:
    """What makes words heard, by the territories' own recordings first."""
    return Speaking(Sounds(parts.store.engine), voice, parts.store.recordings.sound)


def webhook_desk(parts: Parts) -> WebhookDesk:
    """Webhooks at work. Its ``after`` is what a verdict is followed by, in its transaction."""
    here = is_loopback(urlsplit(parts.settings.public_url).hostname or "")
    poster = Poster(Places(loopback=here, private=parts.settings.private_webhooks))
    return WebhookDesk(parts.store, parts.vault, parts.jobs, poster)
