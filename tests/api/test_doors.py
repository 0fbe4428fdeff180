"""Every page behind the gate, for every role; and every route is behind it, or open for a reason that stands here."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from api.access.gate import CSRF_FIELD, HOME, SIGN_IN, Gate
from api.access.roles import ADMINISTRATOR, COORDINATOR, NATIONAL
from api.app import create_app
from api.pages.on_demand import PagesOnDemand, first_part
from api.settings import load_settings
from bot.channels.web_page.pages import SECURITY_HEADERS
from tests.api.coordination import NOBODY, TERRITORY, signed_in
from tests.api.serving import free_port, running

CHAT = "visitors ask without an account"
LINK = "opened by a link that nobody can guess"
FILES = "the same files for everybody"
TEXT = "what the text says is for everybody"
API = "answers from what the caller gives, and keeps nothing"
WATCH = "for whatever watches the server"
ENTRY = "the way in"
OPEN = {
    "/": CHAT, "/chat": CHAT, "/voix": CHAT, "/voix/{note}": CHAT, "/ecouter": CHAT,
    "/expert": CHAT, "/hors-ligne": CHAT, "/hors-ligne/questions": CHAT,
    "/reponse/{token}": LINK, "/reponse/{token}/rapport.html": LINK, "/reponse/{token}/rapport.docx": LINK,
    "/rejoindre/{token}": LINK, "/bienvenue/{token}": LINK, "/m/{token}": LINK, "/suivi/{token}": LINK,
    "/campagne/{token}": LINK, "/relire/{token}": LINK,
    "/static/{version}/{name}": FILES, "/bureau/{version}/{name}": FILES, "/hors-ligne/paquet.json": FILES,
    "/hors-ligne/{key}/{name}": FILES, "/service-worker.js": FILES, "/manifest.webmanifest": FILES,
    "/campagne.css": FILES, "/suivi.css": FILES, "/suivi.js": FILES, "/menage.css": FILES, "/menage.js": FILES,
    "/relire.css": FILES, "/chiffres-convention/figures.css": FILES, "/menages.css": FILES,
    "/chiffres/statistics.css": FILES, "/bureau/revue/{version}/{name}": FILES, "/cas-decole/{token}": LINK,
    "/guide": TEXT, "/guide.pdf": TEXT, "/chiffres-convention": TEXT,
    "/trames/{name}.html": TEXT,
    "/trames/{name}.docx": TEXT,
    "/guide/static/{version}/{name}": FILES,
    "/v1/enquiries": "a program brings its own key",
    "/v1/decisions": API, "/v1/ruleset": API, "/v1/questions": API, "/v1/figures": API,
    "/openapi.json": API, "/docs": API,
    "/telegram/webhook": "Telegram calls it with the secret agreed with it",
    "/healthz": WATCH, "/readyz": WATCH,
    "/connexion": ENTRY, "/connexion/code": ENTRY, "/connexion/fournisseur": ENTRY, "/connexion/retour": ENTRY,
}  # fmt: skip
ROLES = (COORDINATOR, ADMINISTRATOR, NATIONAL)
WHO = (NOBODY, *ROLES, "coordinator of another territory")


@dataclass(frozen=True)
class Site:
    """The running server."""

    app: object
    address: str

    @property
    def gate(self) -> Gate:
        return self.app.state.gate

    def signed_in(self, who):
        elsewhere = who == WHO[-1]
        territory = "ailleurs" if elsewhere else TERRITORY
        return signed_in(self.address, self.app.state.parts.store, COORDINATOR if elsewhere else who, territory)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder, port = tmp_path_factory.mktemp("doors"), free_port()
    environ = {"AIGUILLAGE_DATA_DIR": str(folder), "AIGUILLAGE_PORT": str(port)}
    app = create_app(load_settings(environ))
    with running(app, port):
        yield Site(app, f"http://127.0.0.1:{port}")


def filled(path):
    """The path with something unknown in the place of each parameter."""
    return re.sub(r"\{[^}]*\}", "999999999", path)


def mark(client, site):
    """What the forms of a client's session bring back."""
    return site.gate.csrf(client.cookies["aiguillage_account"])


def ask(client, door, **more):
    return client.request(door.method, filled(door.path), **more)


def to_sign_in(answer):
    return answer.status_code == 303 and answer.headers["location"].startswith(SIGN_IN + "?vers=")


@pytest.mark.parametrize("who", WHO)
def test_every_door_lets_its_roles_pass_and_nobody_else(site, who):
    role = COORDINATOR if who == WHO[-1] else who
    for door in site.gate.doors:
        with site.signed_in(who) as client:
            form = {CSRF_FIELD: mark(client, site)} if who != NOBODY else {}
            answer = ask(client, door, data=form) if door.method == "POST" else ask(client, door)
            if who == NOBODY:
                assert to_sign_in(answer), (door, answer.status_code)
            elif role not in door.roles:
                assert answer.status_code == 403, (door, answer.status_code)
            else:
                assert answer.status_code not in (401, 403) and answer.status_code < 500, (door, answer.status_code)
                assert not to_sign_in(answer), door


def test_no_door_takes_a_form_without_its_session_s_mark_or_from_another_site(site):
    for door in (one for one in site.gate.doors if one.method == "POST"):
        with site.signed_in(sorted(door.roles)[0]) as client:
            assert ask(client, door, data={"other": "1"}).status_code == 403, door
            form = {CSRF_FIELD: mark(client, site)}
            assert ask(client, door, data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403, door
            assert ask(client, door, data={CSRF_FIELD: "0" * 64}).status_code == 403, door


def test_every_answer_behind_the_gate_carries_its_policy_and_is_kept_nowhere(site):
    for door in site.gate.doors:
        with site.signed_in(sorted(door.roles)[0]) as client:
            form = {CSRF_FIELD: mark(client, site)}
            answer = ask(client, door, data=form) if door.method == "POST" else ask(client, door)
            policy = answer.headers.get("content-security-policy", "")
            assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy, door
            assert "unsafe" not in policy, door
            assert answer.headers["x-content-type-options"] == SECURITY_HEADERS["X-Content-Type-Options"], door
            assert "no-store" in answer.headers.get("cache-control", ""), door


def test_every_page_behind_the_gate_shows_the_way_out(site):
    shown = 0
    for door in (one for one in site.gate.doors if one.method == "GET"):
        with site.signed_in(sorted(door.roles)[0]) as client:
            answer = ask(client, door)
            if answer.status_code == 200 and "text/html" in answer.headers["content-type"]:
                assert 'action="/deconnexion"' in answer.text and 'href="/compte"' in answer.text, door
                shown += 1
    assert shown > 15


def test_every_page_behind_the_gate_has_no_script_or_style_of_its_own(site):
    for door in (one for one in site.gate.doors if one.method == "GET"):
        with site.signed_in(sorted(door.roles)[0]) as client:
            page = ask(client, door).text
            assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", page), door
            assert not re.search(r"<(script(?![^>]*\ssrc=)|style)\b", page), door


def test_every_route_is_behind_the_gate_or_open_for_a_reason(site):
    doors = {(door.path, door.method) for door in site.gate.doors}
    for route in every_route(site.app.routes):
        for method in set(route.methods) - {"HEAD"}:
            assert (route.path, method) in doors or _reason(route.path), f"{method} {route.path}"


def test_no_other_page_has_an_address_of_those_that_are_loaded_on_demand(site):
    rooms = [route for route in site.app.routes if isinstance(route, PagesOnDemand)]
    theirs = [{first_part(route.path) for route in room.routes} for room in rooms]
    assert theirs == [room.under for room in rooms]  # each of their addresses is in use
    others = {first_part(one.path) for one in every_route(one for one in site.app.routes if one not in rooms)}
    assert sum(map(len, theirs)) + len(others) == len(others.union(*theirs))


def test_a_part_of_a_page_is_led_to_the_sign_in_as_a_whole(site):
    with site.signed_in(NOBODY) as client:
        answer = client.get("/compte", headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["hx-redirect"]) == (401, SIGN_IN)


def test_a_session_that_asks_for_too_much_waits(site):
    with site.signed_in(COORDINATOR) as client:
        session = mark(client, site)
        for _ in range(1200):
            site.gate.rates.page(session)
        answer = client.get("/compte")
        assert answer.status_code == 429 and "Attendez une minute" in answer.text
        assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_after_signing_in_one_goes_to_an_address_of_ours_alone(site):
    store = site.app.state.parts.store
    for asked in ("https://ailleurs.test", "//ailleurs.test", "/\\ailleurs.test", "javascript:alert(1)", "/a\nb"):
        with signed_in(site.address, store, COORDINATOR) as client:
            assert client.get(SIGN_IN, params={"vers": asked}).headers["location"] == HOME
    with signed_in(site.address, store, COORDINATOR) as client:
        assert client.get(SIGN_IN, params={"vers": "/equipe"}).headers["location"] == "/equipe"


def every_route(routes):
    """The routes, those of included routers and those on demand too."""
    for route in routes:
        inside = route if isinstance(route, PagesOnDemand) else getattr(route, "original_router", None)
        yield from every_route(inside.routes) if inside is not None else (route,)


def _reason(path):
    """Why a route is open: its own line, or that of the page whose part it is."""
    return OPEN.get(path) or OPEN.get(re.sub(r"(/\{token\})/.*", r"\1", path))
