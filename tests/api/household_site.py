"""A server of our own with the household pages, a desk whose jobs are listed, and cases to try them with."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field

from api.app import create_app
from api.households.addresses import followup_address, household_address
from api.households.desk import Desk
from api.households.planning import Planning
from api.pages.followup import followup_page
from api.pages.followup.standing import Standing
from api.pages.household import household_page
from api.parts import Parts, speaking
from api.settings import load_settings
from bot.followup.content import TEMPLATE, Content
from bot.followup.relay import Sender
from bot.followup.templates import templates
from tests.api.serving import free_port, running
from tests.bot.household import examples

SENDER = Sender("Amina", "Département de l'Aude", "01 23 45 67 89", "dpo@exemple.fr")
PHONE = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
BROWSER = {"User-Agent": "Mozilla/5.0 (Android 14; Mobile; rv:130.0) Gecko/130.0 Firefox/130.0"}


@dataclass
class Listed:
    """Jobs as they were added, in the caller's transaction."""

    added: list = field(default_factory=list)

    def add(self, connection, job, key, *ids):
        self.added.append((job, key, ids))


@dataclass
class Site:
    """The running server, and what tests do behind it."""

    url: str
    desk: Desk
    secret: str
    jobs: Listed
    parts: Parts

    def open(self, language="ar", territory=None):
        with self.desk.store.households(self.desk.vault) as households:
            return households.open_case(language, SENDER, territory).reference

    def link(self, message):
        with self.desk.store.households(self.desk.vault) as households:
            return households.link_of(message)

    def page(self, message):
        """The address of the household's page that shows a message."""
        return household_address(self.link(message).token, self.url)

    def send(self, reference, name, **columns):
        return self.desk.send(reference, template(name), channel="link", **columns)

    def followup(self, reference):
        return followup_address(reference, self.secret, self.url)

    def thread(self, reference):
        with self.desk.store.households(self.desk.vault) as households:
            return households.thread(reference)

    def case(self, reference):
        with self.desk.store.households(self.desk.vault) as households:
            return households.case(reference)

    def answers(self, reference):
        return [one for one in self.thread(reference) if one.direction == "in"]


def template(name, **values):
    return Content(TEMPLATE, name, examples(templates()[name]) | values)


def planning_of(parts, desk):
    return Planning(desk, parts.rulesets.current.ruleset.delays, parts.territories.get)


@contextlib.contextmanager
def household_site(folder, *, channels=(), **pages):
    """A Site over its own database. ``channels``: the networks of bots; ``pages``: what the pages are given beside."""
    port = free_port()
    (folder / "territories").mkdir(exist_ok=True)
    (folder / "territories" / "aude.yaml").write_text("id: aude\nname: Aude\n", encoding="utf-8")
    settings = load_settings({"AIGUILLAGE_DATA_DIR": str(folder), "AIGUILLAGE_PORT": str(port)})
    app = create_app(settings)
    parts, jobs = app.state.parts, Listed()
    desk = Desk(parts.store, parts.vault, jobs, parts.territories.get)
    known = parts.territories.get
    standing = Standing(lambda: planning_of(parts, desk), settings.secret_key, channels)
    pages = {"standing": standing, "aloud": speaking(parts, app.state.voice), **pages}
    ours = followup_page(desk, settings.secret_key, settings.public_url, known, **pages)
    app.router.routes[:0] = [*household_page(desk, known, aloud=pages["aloud"]), *ours]
    with running(app, port):
        yield Site(settings.public_url, desk, settings.secret_key, jobs, parts)
