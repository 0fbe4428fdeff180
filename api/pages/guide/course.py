"""The course of a household, drawn: DST, orientation, SR, pause, N+1, and evaluation apart. And the same in words.

Each box is a situation that the engine examined: its title is the answer, its numbers are the reasons' statements.
One drawing is wide (a screen, a printed page), one is tall (a phone); both say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.pages.guide.canvas import Box, Canvas, Line
from rules.guide.guide import Guide, Stage

if TYPE_CHECKING:
    from api.pages.guide.words import Speaker

SCREEN_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
PRINT_FONT = "Libertinus Serif"


def course_texts(guide: Guide, say: Speaker) -> list[dict[str, str]]:
    """What the drawing shows, a line a stage; where evaluation stands alone, also what it never is."""
    return [
        {
            "text": say("guide.course.step", stage=say(f"guide.stage.{stage.id}"), answer=say.answer(stage.finding)),
            "cite": _cite(stage, say),
            "never": _never(guide, stage, say),
        }
        for stage in guide.course
    ]


def draw_course(guide: Guide, say: Speaker, *, wide: bool, font: str = SCREEN_FONT) -> str:
    """The drawing as an SVG element with its title and description."""
    canvas = Canvas("wide", 720, 352, font) if wide else Canvas("tall", 340, 672, font)
    (_draw_wide if wide else _draw_tall)(canvas, guide, say)
    steps = course_texts(guide, say)
    described = " ".join(f"{s['text']} ({s['cite']}). {s['never']}".strip() for s in steps)
    return canvas.svg(say("guide.course.title"), described)


def _draw_wide(canvas: Canvas, guide: Guide, say: Speaker) -> None:
    dst, orientation = Box(12, 84, 104, 92), Box(140, 84, 104, 92)
    sr, n1, evaluation = Box(288, 76, 140, 108), Box(560, 76, 156, 108), Box(338, 256, 156, 86)
    _first(canvas, guide, say, Box(4, 44, 248, 140), (dst, orientation))
    canvas.path(f"M{dst.right} {dst.middle} H{orientation.x - 2}")
    canvas.path(f"M{orientation.right} {orientation.middle} H{sr.x - 2}")
    _stage(canvas, guide.stage("sr"), say, sr, "strong")
    canvas.path(f"M{sr.right - 22} {sr.y} C{sr.right - 16} 42 {sr.x + 16} 42 {sr.x + 22} {sr.y - 3}")
    canvas.note(sr.centre, 6, _again(guide, say), 250, "middle")
    canvas.path(f"M{sr.right} {sr.middle} H{n1.x - 3}", dashed=True)
    canvas.note(494, 84, [Line(say("guide.stage.pause"), 15, True)], 120, "middle")
    canvas.note(494, 134, [Line(say("guide.stage.pause.line"), 12)], 110, "middle")
    _stage(canvas, guide.stage("n1_after_sr"), say, n1, "thick")
    canvas.path(f"M{orientation.centre} {orientation.bottom + 8} V212 H{n1.x + 30} V{n1.bottom + 3}", dashed=True)
    canvas.note(386, 212, [_bypass(guide, say)], 520, "middle")
    _stage(canvas, guide.stage("evaluation"), say, evaluation, "dashed")
    if carries := _carries(guide, say):
        canvas.path(f"M{n1.x + 110} {n1.bottom} V{evaluation.y + 18} H{evaluation.right + 3}")
        canvas.note(evaluation.right + 10, evaluation.y - 1, [carries], 160)
    if never := _reverse(guide, say):
        canvas.path(f"M{evaluation.right} {evaluation.y + 54} H{n1.x + 110}")
        canvas.cross(n1.x + 20, evaluation.y + 54)
        canvas.note(evaluation.right + 10, evaluation.y + 61, never, 214)


def _draw_tall(canvas: Canvas, guide: Guide, say: Speaker) -> None:
    dst, orientation = Box(60, 44, 250, 44), Box(60, 110, 250, 38)
    sr, n1, evaluation = Box(60, 184, 230, 92), Box(60, 416, 250, 92), Box(60, 584, 250, 82)
    _first(canvas, guide, say, Box(50, 6, 270, 152), (dst, orientation))
    canvas.path(f"M{dst.centre} {dst.bottom} V{orientation.y - 2}")
    canvas.path(f"M{dst.centre} {orientation.bottom} V{sr.y - 2}")
    _stage(canvas, guide.stage("sr"), say, sr, "strong")
    canvas.path(f"M{sr.right} {sr.bottom - 22} C330 {sr.bottom - 22} 330 {sr.y + 22} {sr.right + 3} {sr.y + 22}")
    canvas.note(334, sr.bottom + 4, _again(guide, say), 250, "end")
    canvas.path(f"M200 {sr.bottom + 46} V{n1.y - 3}", dashed=True)
    canvas.note(212, 338, [Line(say("guide.stage.pause"), 15, True), Line(say("guide.stage.pause.line"), 12)], 124)
    _stage(canvas, guide.stage("n1_after_sr"), say, n1, "thick")
    canvas.path(f"M{orientation.x - 10} {orientation.middle} H22 V{n1.middle} H{n1.x - 3}", dashed=True)
    canvas.note(30, 326, [_bypass(guide, say)], 160)
    _stage(canvas, guide.stage("evaluation"), say, evaluation, "dashed")
    if carries := _carries(guide, say):
        canvas.path(f"M{n1.x + 24} {n1.bottom} V{evaluation.y - 3}")
        canvas.note(n1.x + 34, n1.bottom + 18, [carries], 90)
    if never := _reverse(guide, say):
        canvas.path(f"M{n1.x + 142} {evaluation.y} V{n1.bottom + 5}")
        canvas.cross(n1.x + 142, n1.bottom + 42)
        canvas.note(n1.x + 156, n1.bottom + 18, never, 122)


def _first(canvas: Canvas, guide: Guide, say: Speaker, frame: Box, inside: tuple[Box, Box]) -> None:
    """The diagnosis and its orientations: one answer of the engine around two stages."""
    stage = guide.stage("dst")
    canvas.box(frame, "frame", [])
    heading = [Line(say.answer(stage.finding), 13.5, True), Line(_cite(stage, say), 11.5)]
    canvas.note(frame.x + 10, frame.y - 1, heading, frame.width - 16)
    canvas.box(inside[0], "plain", [Line(say("guide.stage.dst"))])
    canvas.box(inside[1], "plain", [Line(say("guide.stage.orientation"))])


def _stage(canvas: Canvas, stage: Stage, say: Speaker, at: Box, kind: str) -> None:
    """A stage: what the situation is, what the engine answers, on what statements. No answer: a dashed box."""
    lines = [
        Line(say(f"guide.stage.{stage.id}"), 11.5),
        Line(say.answer(stage.finding), 14.5, True),
        Line(_cite(stage, say), 11.5),
    ]
    canvas.box(at, kind if stage.finding.missions else "dashed", lines)


def _again(guide: Guide, say: Speaker) -> list[Line]:
    stage = guide.stage("sr_again")
    added = [r.statement for r in stage.finding.reasons if r not in guide.stage("sr").finding.reasons]
    answer = f"{say.answer(stage.finding)}, {say.cite(added)}" if added else say.answer(stage.finding)
    return [Line(say("guide.stage.sr_again"), 12), Line(answer, 12, True)]


def _bypass(guide: Guide, say: Speaker) -> Line:
    stage = guide.stage("n1_without_sr")
    answer = say("guide.course.step", stage=say("guide.stage.n1_without_sr"), answer=say.answer(stage.finding))
    return Line(f"{answer}, {_cite(stage, say)}")


def _carries(guide: Guide, say: Speaker) -> Line | None:
    """That one mission may carry another, with the statements that only the pair rests on; None where it may not."""
    pair, alone = guide.stage("n1_and_evaluation").finding, guide.stage("n1_without_sr").finding
    if len(pair.missions) < 2:
        return None
    return Line(
        f"{say('guide.course.carries')}, {say.cite(r.statement for r in pair.reasons if r not in alone.reasons)}"
    )


def _reverse(guide: Guide, say: Speaker) -> list[Line]:
    """That an evaluation never becomes the mission that may carry it, with the statements; nothing where it may."""
    carriers = _carriers(guide)
    ruled_out = [r for e in guide.stage("evaluation").finding.excluded if e.mission in carriers for r in e.reasons]
    if not ruled_out:
        return []
    return [Line(say("guide.course.never")), Line(say.cite(r.statement for r in ruled_out))]


def _never(guide: Guide, stage: Stage, say: Speaker) -> str:
    carriers = _carriers(guide) if stage.id == "evaluation" else ()
    ruled_out = [e for e in stage.finding.excluded if e.mission in carriers]
    said = (
        say("guide.course.excluded", mission=say(f"mission.{e.mission}"), cite=say.cite(r.statement for r in e.reasons))
        for e in ruled_out
    )
    return " ".join(said)


def _carriers(guide: Guide) -> tuple[str, ...]:
    alone = guide.stage("evaluation").finding.missions
    return tuple(m for m in guide.stage("n1_and_evaluation").finding.missions if m not in alone)


def _cite(stage: Stage, say: Speaker) -> str:
    return say.cite(r.statement for r in stage.finding.reasons)
