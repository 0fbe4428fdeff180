"""A running server where everything has happened once: questions of every kind, doctrines, vignettes, households."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta

import httpx
import yaml

from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL
from api.deciding import Decider
from api.households.addresses import campaign_address, followup_address, household_address
from api.reading_links import Invitation, sign
from api.review.doctrine import Doctrines
from api.review.replays import Replays
from api.review.verdicts import Verdicts
from api.review.vignettes import VignetteDesk, vignette_address
from api.storage.review_schema import reviews
from api.storage.reviews import CONFIRMED, RETURNED, TO_CLER
from api.storage.rulings import contest
from api.storage.verdicts import Opinion
from api.storage.visitors import Visitor, Visitors
from bot.journal import Enquiry
from bot.rendering import finding_json
from bot.wording import wording
from rules.deciding_rules import deciding_rules
from rules.engine import examine
from rules.load import SLIME_PLUS
from rules.situation import parse
from tests.api.casework import ARABIC, BENGALI, office
from tests.api.coordination import TERRITORY, an_invitation
from tests.api.household_site import template
from tests.api.receiver import receiving
from tests.api.reviewing import WORDS
from tests.api.test_doctrine import FACTS as PAUSED
from tests.api.test_doctrine import SAID, ZONE
from tests.api.test_reading_page import invitation
from tests.api.test_vignettes import FACTS as CASE
from tests.api.test_vignettes import WORDS as TITLED

SITUATIONS = SLIME_PLUS.parents[2] / "tests" / "situations"
VISITORS = ("visitor-one", "visitor-two", "visitor-three", "visitor-four")
LANGUAGES = ("fr", "fr", "fr", "en", "fr", "ar")


class FilledOffice:
    """``pages``: addresses that no link of the pages leads to; ``office``: the running server."""

    def __init__(self, running) -> None:
        self.office, self.parts = running, running.parts
        accounts, self.now = self.parts.store.accounts, datetime.now(UTC).replace(microsecond=0)
        self.coordinator = accounts.add("mathilde@exemple.test", COORDINATOR, TERRITORY)
        self.administrator = accounts.add("karim@exemple.test", ADMINISTRATOR, TERRITORY)
        self.national = accounts.add("lecture@exemple.test", NATIONAL, None)
        self.decider = Decider(self.parts.rulesets.current, self.parts.territories, TERRITORY)
        self.pages: list[str] = []

    def fill(self) -> FilledOffice:
        self._visitors()
        tokens = self._questions()
        self._verdicts(tokens)
        self._doctrines()
        self._vignettes()
        self._households()
        self._programs()
        self._links(tokens)
        return self

    def _visitors(self) -> None:
        with self.parts.store.engine.begin() as connection:
            known = Visitors(connection, self.parts.vault)
            for key in VISITORS:
                known.join(Visitor(key, "web", TERRITORY, "fr", None), self.now)

    def _questions(self) -> list[str]:
        """Log what the situations of the rules' own tests ask; the tokens, the newest last."""
        situations = [case["facts"] for file in sorted(SITUATIONS.glob("*.yaml")) for case in _cases(file)][::3][:24]
        tokens = []
        for number, facts in enumerate([*situations, *[PAUSED] * 6]):
            known = {name: value for name, value in facts.items() if name != "aujourdhui"}
            with suppress(ValueError):
                tokens.append(self._log(number, known))
        return tokens

    def _log(self, number: int, facts) -> str:
        compiled, said = self.parts.rulesets.current, wording("fr")
        situation = parse(compiled.ruleset.vocabulary, facts, date(2026, 11, 26))
        territory = self.decider.territory(TERRITORY)
        finding = examine(compiled, situation, territory, final=True)
        enquiry = Enquiry(
            token=f"question-{number:02}-Zk3", interview=f"interview-{number}",
            asked_at=self.now - timedelta(hours=11 * (31 - number)), channel="telegram" if number % 3 else "web",
            language=LANGUAGES[number % 6], territory=TERRITORY, asker=VISITORS[number % 4],
            ruleset_version=compiled.ruleset.id.version, facts=situation.record(),
            answer=finding_json(finding, compiled.ruleset, said),
            rules=deciding_rules(compiled, situation, finding, territory),
        )  # fmt: skip
        with self.parts.store.transaction() as journal:
            journal.log(enquiry)
        return enquiry.token

    def _verdicts(self, tokens: list[str]) -> None:
        verdicts = Verdicts(self.parts.store, self.parts.jobs)
        mission = ("soutien_renforce",)
        for token, kind in zip(
            tokens[3:11], ("corrected", CONFIRMED, TO_CLER, RETURNED, CONFIRMED, "corrected", TO_CLER, CONFIRMED),
            strict=True,
        ):  # fmt: skip
            corrected = {"missions": mission, "statements": (22,)} if kind == "corrected" else {}
            verdicts.give(self.coordinator, token, Opinion(kind, reason=WORDS, **corrected))
        self.corrected, self.telling = tokens[3], [*tokens[2:7], tokens[12], tokens[15], tokens[-1]]
        with self.parts.store.engine.begin() as connection:
            for token in tokens[12:14]:
                contest(connection, token, self.now)
            wanted = {"assignee": self.coordinator.id, "second_wanted_at": self.now}
            connection.execute(reviews.update().where(reviews.c.token == tokens[15]).values(wanted))
            mine = {"assignee": self.administrator.id}
            connection.execute(reviews.update().where(reviews.c.token.in_(tokens[16:18])).values(mine))
        verdicts.second(self.administrator, tokens[15], Opinion(CONFIRMED, reason=WORDS))

    def _doctrines(self) -> None:
        parts = self.parts
        doctrines = Doctrines(parts.store, parts.compiled, parts.territories, Replays(), lambda: self.now)
        for step in range(3):
            number = doctrines.write(self.coordinator, ZONE, ("suivi_n1",), SAID)
            if step < 2:
                doctrines.sign(self.administrator, number, "Comité de pilotage", date(2026, 11, 20), date(2026, 11, 26))
                deadline = time.monotonic() + 60
                while (changes := doctrines.replay(self.administrator, number).changes) is None:
                    assert time.monotonic() < deadline
                    time.sleep(0.02)
            if step == 0:
                for change in changes:
                    doctrines.sign_change(self.administrator, number, change.key)
                doctrines.publish(self.administrator, number)

    def _vignettes(self) -> None:
        desk = VignetteDesk(self.parts.store, self.parts.jobs, lambda: self.decider, lambda: self.now)
        facts = {name: {"true": True, "false": False}.get(said, said) for name, said in CASE.items()}
        numbers = [
            desk.write(self.coordinator, title, TITLED["said"], facts, None)
            for title in ("Un brouillon", TITLED["title"], "Un cas clos", "Peu de réponses")
        ]
        for number in numbers[1:]:
            desk.publish(self.coordinator, number)
        for number in numbers[1:3]:
            for visitor, mission in zip(VISITORS, ("suivi_n1", "suivi_n1", "evaluation"), strict=False):
                desk.answer(number, visitor, mission)
        desk.close(self.coordinator, numbers[2])
        secret = self.parts.settings.secret_key
        self.pages += [vignette_address(numbers[1], visitor, secret, "") for visitor in (VISITORS[0], VISITORS[3])]

    def _households(self) -> None:
        desk = self.office
        for language, words in (("ar", ARABIC), ("bn", BENGALI), ("fr", "Oui, mardi me va très bien, merci !")):
            reference = desk.visited(desk.agreed(language))
            received = desk.says(reference, words)
            if language != "fr":
                desk.translated(received, "Je ne peux pas le 12.", "Un nombre est à vérifier.")
        desk.speaks(reference)
        desk.fails(reference)
        with desk.cases() as households:
            households.keep_episode(reference, "soutien_renforce", date(2025, 11, 1), date(2026, 10, 20))
        made = desk.campaign("materiel_pose", template("materiel_pose").values)
        secret = self.parts.settings.secret_key
        sent = desk.desk.send(reference, template("rendez_vous_confirmation"), channel="link")
        with desk.cases() as households:
            token = households.link_of(sent).token
            erased = households.open_case("fr", households.case(reference).sender, TERRITORY).reference
            households.erase(erased)
        self.pages += [household_address(token, ""), followup_address(reference, secret, ""),
                       campaign_address(made.rpartition("/")[2], secret, ""), f"/menages/{erased}"]  # fmt: skip

    def _programs(self) -> None:
        with self.office.signed_as(self.administrator) as client, receiving(200, 503) as receiver:
            hook = _post(client, "/webhooks", "/webhooks", address=receiver.address)
            number = re.search(r"/webhooks/(\d+)/essai", hook.text)[1]
            for _ in range(2):
                _post(client, "/webhooks", f"/webhooks/{number}/essai")
            key = _post(client, "/exports/cles", "/exports/cles", label="Tableau de bord", scope="enquiries:read")
            assert key.status_code == 200, key.text
            _post(client, "/equipe", "/equipe/invitations", until=str(date.today() + timedelta(days=30)), most="12")
            made = _post(client, "/equipe", "/equipe/comptes", name="lea@exemple.test", role=COORDINATOR)
            self.pages.append(re.search(r"(/bienvenue/[\w.~-]+)", made.text)[1])

    def _links(self, tokens: list[str]) -> None:
        secret = self.parts.settings.secret_key
        read = invitation(language="ar", until=date.today() + timedelta(days=9))
        assert isinstance(read, Invitation)
        joining = an_invitation(self.parts.store, self.coordinator)
        self.pages += [f"/relire/{sign(read, secret)}", f"/rejoindre/{joining}"]
        self.pages += [f"/reponse/{token}" for token in (tokens[0], self.corrected, tokens[-1])]


def _cases(file):
    return yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]


def _post(client: httpx.Client, page: str, path: str, **fields: str) -> httpx.Response:
    mark = re.search(r'name="csrf" value="(\w+)"', client.get(page).text)[1]
    return client.post(path, data={"csrf": mark, **fields}, follow_redirects=True)


@contextmanager
def filled_office(folder, database_url: str):
    """A FilledOffice; nothing leaves it."""
    with office(folder, database_url) as running:
        running.hold_jobs()
        yield FilledOffice(running).fill()
