"""The timeline of a household as a drawing, with a table beside it that says the same in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape

from babel.dates import format_date

from api.pages.guide.canvas import Box, Canvas, Line
from api.pages.guide.course import SCREEN_FONT
from bot.followup.timeline import DST, EVALUATION, KINDS, N1, ORIENTATIONS, PAUSE, SR, Episode, Said, Timeline
from bot.wording import Wording

WIDTH, LEFT, RIGHT, ROW, TOP, BAR = 720, 168, 704, 50, 34, 26
LEAST = 12  # the width of an episode of one day
LOOK: Mapping[str, str] = {
    DST: "plain",
    ORIENTATIONS: "plain",
    SR: "strong",
    PAUSE: "dashed",
    N1: "thick",
    EVALUATION: "dashed",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to places on the drawing."""

    first: date
    last: date

    def x(self, day: date) -> float:
        share = (day - self.first).days / max((self.last - self.first).days, 1)
        return LEFT + share * (RIGHT - LEFT)


def draw_timeline(drawn: Timeline, words: Wording, name: str = "timeline") -> str:
    """The drawing as an SVG element with its title and description; one row a kind. ``name`` keeps ids apart."""
    kinds = [kind for kind in KINDS if any(one.episode.kind == kind for one in drawn.entries)]
    canvas = Canvas(name, WIDTH, TOP + ROW * len(kinds) + 30, SCREEN_FONT)
    scale = _scale(drawn)
    bottom = canvas.height - 24
    for kind, y in zip(kinds, range(TOP, WIDTH * 10, ROW), strict=False):
        canvas.path(f"M{LEFT} {y + ROW - 6} H{RIGHT}", dashed=True, arrow=False)
        canvas.note(6, y + 2, [Line(words(f"timeline.kind.{kind}"), 12.5, True)], LEFT - 14)
        taken = 0.0
        for one in (entry.episode for entry in drawn.entries if entry.episode.kind == kind):
            taken = _bar(canvas, scale, one, y, taken, drawn.today, words)
    now = scale.x(drawn.today)
    canvas.path(f"M{now:.1f} {TOP - 8} V{bottom}", arrow=False)
    canvas.note(now, 4, [Line(words("timeline.today", day=_short(drawn.today, words)), 12, True)], 300, _side(now))
    canvas.note(LEFT, bottom, [Line(_short(scale.first, words), 12)], 120)
    return canvas.svg(words("timeline.title"), " ".join(words.say(one.said.text) for one in drawn.entries))


def timeline_fragment(drawn: Timeline, words: Wording) -> str:
    """The drawing, its table, and what is to be noticed. HTML that needs no style sheet."""
    if not drawn.entries:
        return f"<p>{escape(words('case.plan.no_episode'))}</p>"
    head = "".join(f'<th scope="col">{escape(words(f"timeline.head.{one}"))}</th>' for one in ("what", "statements"))
    rows = "".join(_row(one.said, words) for one in drawn.entries)
    noticed = "".join(f"<li>{escape(words.say(one.text))} ({_numbers(one)})</li>" for one in drawn.warnings)
    table = (
        f"<table><caption>{escape(words('timeline.table'))}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )
    notice = f"<h2>{escape(words('timeline.notice'))}</h2><ul>{noticed}</ul>" if noticed else ""
    return f"{draw_timeline(drawn, words)}{table}{notice}"


def timeline_page(drawn: Timeline, reference: str, words: Wording) -> str:
    """A page that stands alone."""
    title = escape(words("timeline.page", reference=reference))
    return (
        f'<!doctype html>\n<html lang="{words.language}" dir="{words.direction}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title></head>'
        f"<body><h1>{title}</h1>{timeline_fragment(drawn, words)}</body></html>\n"
    )


def _bar(canvas: Canvas, scale: Scale, one: Episode, y: float, taken: float, today: date, words: Wording) -> float:
    """An episode, and its days beside it; where it ends on the row."""
    ended = one.ended_on or max(today, one.began_on)
    start, end = scale.x(one.began_on), scale.x(ended)
    start = min(start, RIGHT - LEAST)
    box = Box(start, y, max(end - start, LEAST), BAR)
    said = _span(one, words)
    line, room = Line(said, 11.5), 6.4 * len(said)
    fits = box.width >= room + 12
    canvas.box(box, LOOK[one.kind], [line] if fits else [])
    if fits:
        return box.right
    if box.right + 4 + room <= RIGHT + 14:
        canvas.text(box.right + 4, box.middle + 4, line)
        return box.right + 4 + room
    if box.x - 4 - room >= taken:
        canvas.text(box.x - 4, box.middle + 4, line, "end")
    return box.right


def _scale(drawn: Timeline) -> Scale:
    episodes = [one.episode for one in drawn.entries]
    ends = (one.ended_on or one.began_on for one in episodes)
    return Scale(min([drawn.today, *(one.began_on for one in episodes)]), max([drawn.today, *ends]))


def _span(one: Episode, words: Wording) -> str:
    if one.began_on == one.ended_on:
        return _short(one.began_on, words)
    end = "…" if one.ended_on is None else _short(one.ended_on, words)
    return f"{_short(one.began_on, words)} → {end}"


def _short(day: date, words: Wording) -> str:
    return format_date(day, "dd/MM/yyyy", locale=words.locale)


def _side(x: float) -> str:
    return "end" if x > (LEFT + RIGHT) / 2 else "start"


def _row(said: Said, words: Wording) -> str:
    return f"<tr><td>{escape(words.say(said.text))}</td><td>{_numbers(said)}</td></tr>"


def _numbers(said: Said) -> str:
    return escape(", ".join(map(str, said.statements)))
