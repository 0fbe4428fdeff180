"""/menages: the household side for coordinators: cases, what households said, the messages, campaigns."""

from __future__ import annotations

from collections.abc import Callable, Collection

from starlette.routing import Route

from api.access.gate import Gate
from api.access.roles import OF_A_TERRITORY
from api.households.campaigns import CampaignDesk
from api.households.planning import Planning
from api.households.replies import ReplyDesk
from api.pages.casework.campaigns import CampaignPages
from api.pages.casework.case import CasePages
from api.pages.casework.dues import DuePages
from api.pages.casework.hearing import HearingPages
from api.pages.casework.listing import Listing
from api.pages.casework.replies import ReplyPages
from api.pages.casework.room import CAMPAIGNS, HEAR, HOME, REPLIES, STYLE, TEXTS, Room, room_of
from api.pages.casework.texts import TextPages
from api.pages.desk import DeskPages
from api.pages.followup.listening import Listening
from api.storage.campaign_lists import CampaignLists
from api.storage.case_lists import CaseLists
from api.storage.journal import Clock, now
from api.storage.replies import Replies
from api.storage.store import Store
from api.storage.vault import Vault
from bot.channels import Aloud
from rules.model import Territory

POST = "POST"


def casework_pages(
    gate: Gate,
    desk: DeskPages,
    store: Store,
    vault: Vault,
    campaigns: CampaignDesk,
    planning: Callable[[], Planning],
    territories: Callable[[str | None], Territory | None],
    voices: Callable[[], Collection[str]],
    aloud: Aloud,
    clock: Clock = now,
) -> list[Route]:
    """Every page about households, for those who work for a territory. ``voices``: the languages that one speaks.
    ``aloud``: reads messages."""
    links = (gate.secret, gate.public_url)
    listening = Listening(store.recordings, aloud)
    room = room_of(desk, planning, CaseLists(store.engine), territories, voices, listening, links, clock)
    replies = ReplyPages(room, Replies(store.engine, vault), ReplyDesk(store, vault, clock))
    return [
        Route(STYLE, room.dress, methods=["GET"]),
        *_reply_routes(gate, replies),
        *_text_routes(gate, TextPages(room, store)),
        *_campaign_routes(gate, CampaignPages(room, campaigns, CampaignLists(store.engine))),
        *_hearing_routes(gate, HearingPages(room)),
        *_case_routes(gate, room),
    ]


def _reply_routes(gate: Gate, pages: ReplyPages) -> list[Route]:
    return [
        gate.route(REPLIES, pages.show, *OF_A_TERRITORY),
        gate.route(REPLIES + "/{message}/traite", pages.handle, *OF_A_TERRITORY, method=POST),
        gate.route(REPLIES + "/{message}/rouvrir", pages.take_back, *OF_A_TERRITORY, method=POST),
    ]


def _text_routes(gate: Gate, pages: TextPages) -> list[Route]:
    one = TEXTS + "/{language}"
    return [
        gate.route(TEXTS, pages.show, *OF_A_TERRITORY),
        gate.route(one, pages.language, *OF_A_TERRITORY),
        gate.route(one + "/inviter", pages.invite, *OF_A_TERRITORY, method=POST),
        gate.route(one + "/{template}", pages.message, *OF_A_TERRITORY),
        gate.route(one + "/{template}/son", pages.play, *OF_A_TERRITORY),
        gate.route(one + "/{template}/inviter", pages.invite, *OF_A_TERRITORY, method=POST),
    ]


def _campaign_routes(gate: Gate, pages: CampaignPages) -> list[Route]:
    one = CAMPAIGNS + "/{campaign}"
    return [
        gate.route(CAMPAIGNS, pages.show, *OF_A_TERRITORY),
        gate.route(CAMPAIGNS + "/nouvelle", pages.write, *OF_A_TERRITORY),
        gate.route(CAMPAIGNS + "/apercu", pages.look, *OF_A_TERRITORY, method=POST),
        gate.route(CAMPAIGNS + "/lancer", pages.start, *OF_A_TERRITORY, method=POST),
        gate.route(one, pages.follow, *OF_A_TERRITORY),
        gate.route(one + "/arreter", pages.ask_stop, *OF_A_TERRITORY),
        gate.route(one + "/arreter", pages.stop, *OF_A_TERRITORY, method=POST),
    ]


def _hearing_routes(gate: Gate, pages: HearingPages) -> list[Route]:
    return [
        gate.route(HEAR, pages.shown, *OF_A_TERRITORY, method=POST),
        gate.route(HOME + "/{reference}/ecouter/{message}", pages.message, *OF_A_TERRITORY),
    ]


def _case_routes(gate: Gate, room: Room) -> list[Route]:
    listing, case = Listing(room), CasePages(room)
    due, one = DuePages(case), HOME + "/{reference}"
    step = one + "/a-faire/{number:int}"
    shown = (
        (one, case.show),
        (one + "/effacer", case.ask_erase),
        (step, due.look),
        (one + "/son/{message}", case.play),
    )
    changed = (
        (one + "/episodes", case.episode),
        (one + "/clore", case.close),
        (one + "/rouvrir", case.reopen),
        (one + "/effacer", case.erase),
        (one + "/lien", case.renew),
        (step, due.fill),
        (step + "/envoyer", due.send),
        (step + "/transmis", due.hand),
        (step + "/ecarter", due.dismiss),
    )
    return [
        gate.route(HOME, listing.show, *OF_A_TERRITORY),
        gate.route(HOME + "/nouveau", listing.write, *OF_A_TERRITORY),
        gate.route(HOME + "/nouveau", listing.open, *OF_A_TERRITORY, method=POST),
        *(gate.route(path, case.page_of(answer), *OF_A_TERRITORY) for path, answer in shown),
        *(gate.route(path, case.page_of(answer), *OF_A_TERRITORY, method=POST) for path, answer in changed),
    ]
