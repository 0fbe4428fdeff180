"""/menages/campagnes: one message to many households: looked at before, started, followed, stopped."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi.concurrency import run_in_threadpool
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from api.access.gate import Signed
from api.households.campaigns import CampaignDesk, Planned
from api.households.noting import noted
from api.households.opening import SENDER
from api.pages.campaign import STATES
from api.pages.casework.room import CAMPAIGNS, NotHereError, Room, name_in, seen_again, territory_of, words_of
from api.pages.followup.writing import fields_of, given_in, to_choose
from api.signing import record_signed, signed_record
from api.storage.campaign_lists import CampaignLists
from api.storage.campaigns import PREPARING, RUNNING, Campaign, Chosen, UnknownCampaignError
from api.storage.households import QUEUED
from bot.followup import relay
from bot.followup.relay import Sender
from bot.followup.slots import SlotError, fill
from bot.followup.templates import Template
from bot.journal import DuplicateEvent
from bot.wording import SOURCE_LANGUAGE, wording

PURPOSE = b"lancement de campagne "
OF_ONE_HOUSEHOLD = (*relay.APPOINTMENTS, "rendez_vous_annulation")  # a day and an hour are nobody else's
ANYBODY = Sender("A", "A", "01 23 45 67 89", "a@exemple.fr")  # whoever follows a case fills these, case by case


@dataclass(frozen=True)
class CampaignPages:
    """``desk``: what is done with campaigns; ``lists``: those that were."""

    room: Room
    desk: CampaignDesk
    lists: CampaignLists

    async def show(self, request: Request, signed: Signed) -> Response:
        """The campaigns of the territory."""
        return await run_in_threadpool(self._show, request, signed)

    async def write(self, request: Request, signed: Signed) -> Response:
        """The messages to choose from, then the form of one."""
        return await run_in_threadpool(self._write, request, signed)

    async def look(self, request: Request, signed: Signed) -> Response:
        """Who would get it, who not and why, and what they would read. Nothing leaves."""
        return await run_in_threadpool(self._look, request, signed)

    async def start(self, request: Request, signed: Signed) -> Response:
        """Start what was looked at, once; it is prepared while its page shows how far it is."""
        return await run_in_threadpool(self._start, signed)

    async def follow(self, request: Request, signed: Signed) -> Response:
        """How far a campaign is."""
        return await run_in_threadpool(self._follow, request, signed, "campaign.html")

    async def ask_stop(self, request: Request, signed: Signed) -> Response:
        """What stopping does, before it is done."""
        return await run_in_threadpool(self._follow, request, signed, "stop.html")

    async def stop(self, request: Request, signed: Signed) -> Response:
        """Stop it for good."""
        return await run_in_threadpool(self._stop, request, signed)

    def _show(self, request: Request, signed: Signed) -> Response:
        lines, after = self.lists.page(territory_of(signed), name_in(request.query_params.get("apres")))
        return self.room.page(signed, request, "campaigns.html", lines=lines, after=after, here=CAMPAIGNS)

    def _write(self, request: Request, signed: Signed) -> Response:
        wanted = request.query_params.get("modele", "")
        if not wanted:
            return self.room.page(signed, request, "choose.html", choices=for_many(), here=CAMPAIGNS)
        template = _template(wanted)
        return self.room.unknown(signed) if template is None else self._form(request, signed, template, {})

    def _form(
        self,
        request: Request,
        signed: Signed,
        template: Template,
        given: Mapping[str, str],
        error: SlotError | None = None,
        language: str = "",
    ) -> Response:
        ours = [one for one in fields_of(template, given, words_of(signed), error) if one.slot.name not in SENDER]
        return self.room.page(
            signed,
            request,
            "new_campaign.html",
            422 if error else 200,
            chosen=template,
            fields=ours,
            spoken=self.room.lists.languages(territory_of(signed)),
            language=language,
            here=CAMPAIGNS,
        )

    def _look(self, request: Request, signed: Signed) -> Response:
        template, language = _template(signed.said("modele")), name_in(signed.said("langue"))
        if template is None:
            return self.room.unknown(signed)
        given = {name: value for name, value in given_in(signed.form, template).items() if name not in SENDER}
        if signed.said("corriger"):
            return self._form(request, signed, template, given, language=language)
        try:
            fill(template, {**given, **ANYBODY.slots(template.id)})
        except SlotError as error:
            return self._form(request, signed, template, given, error, language)
        chosen = Chosen(territory=territory_of(signed), language=language or None)
        preview = self.desk.preview(Planned(template.id, given, chosen))
        record = {"template": template.id, "slots": given, "language": language, "event": secrets.token_urlsafe(16)}
        record |= {"territory": territory_of(signed)}
        return self.room.page(
            signed,
            request,
            "look.html",
            chosen=template,
            preview=preview,
            languages_found=sorted({*preview.leaving, *preview.held}),
            total=preview.leaving.total(),
            kept=sum(preview.held.values(), Counter()).total(),
            given=given,
            language=language,
            plan=signed_record(record, PURPOSE, self.room.secret),
            here=CAMPAIGNS,
        )

    def _start(self, signed: Signed) -> Response:
        plan = record_signed(signed.said("plan"), PURPOSE, self.room.secret)
        if plan is None or plan["territory"] != territory_of(signed):
            return self.room.unknown(signed)
        chosen = Chosen(territory=plan["territory"], language=plan["language"] or None)
        planned = Planned(plan["template"], plan["slots"], chosen)
        by, moment = wording(SOURCE_LANGUAGE)(f"desk.role.{signed.account.role}"), self.room.clock()
        noting = noted(signed.account, "campaign.started", "campaign", moment)
        try:
            made = self.desk.begin(planned, by, noting, event=plan["event"])
        except DuplicateEvent:
            return seen_again(CAMPAIGNS)
        response = seen_again(f"{CAMPAIGNS}/{made.id}")
        response.background = BackgroundTask(self.desk.prepare, made, planned)
        return response

    def _follow(self, request: Request, signed: Signed, sheet: str) -> Response:
        try:
            made, counts = self._theirs(request, signed)
        except NotHereError:
            return self.room.unknown(signed)
        total = sum(counts.values(), Counter())
        return self.room.page(
            signed,
            request,
            sheet,
            campaign=made,
            going=made.state in (PREPARING, RUNNING),
            states=STATES,
            counts=counts,
            total=total,
            done=total.total() - total[QUEUED],
            here=f"{CAMPAIGNS}/{made.id}",
            campaigns=CAMPAIGNS,
        )

    def _stop(self, request: Request, signed: Signed) -> Response:
        try:
            made, _ = self._theirs(request, signed)
        except NotHereError:
            return self.room.unknown(signed)
        self.desk.stop(made.id, noted(signed.account, "campaign.stopped", "campaign", self.room.clock()))
        return seen_again(f"{CAMPAIGNS}/{made.id}")

    def _theirs(self, request: Request, signed: Signed) -> tuple[Campaign, dict[str, Counter[str]]]:
        """A campaign of their territory. Raises NotHereError."""
        try:
            made, counts = self.desk.progress(name_in(request.path_params["campaign"]))
        except UnknownCampaignError:
            raise NotHereError from None
        if not signed.account.sees(made.territory):
            raise NotHereError
        return made, counts


def for_many() -> tuple[Template, ...]:
    """The messages that make sense to many at once."""
    return tuple(one for one in to_choose() if one.id not in OF_ONE_HOUSEHOLD)


def _template(wanted: str) -> Template | None:
    return next((one for one in for_many() if one.id == wanted), None)
