"""The strokes that a drawing is made of: text that wraps, boxes, arrows. Presentation attributes and classes only.

A strict Content-Security-Policy blocks `style=`; a class lets the page colour a drawing for the dark, and the
attributes colour it wherever no style sheet goes with it, such as in the PDF.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

INK, SOFT, ACCENT, PAPER = "#17242b", "#52636b", "#0d5868", "#ffffff"
LETTER = 0.57  # the mean width of a letter, in sizes of the type: on the wide side, so that lines never run over
LEADING = 1.28


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a box: its words, size and weight."""

    text: str
    size: float = 12
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the canvas."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def centre(self) -> float:
        return self.x + self.width / 2


# How each kind of box is told apart without colour: filled, thick, plain, or dashed.
KINDS = {
    "strong": {"class": "g-strong", "fill": ACCENT, "stroke": ACCENT, "stroke-width": "2"},
    "thick": {"class": "g-thick", "fill": PAPER, "stroke": ACCENT, "stroke-width": "3.5"},
    "plain": {"class": "g-plain", "fill": PAPER, "stroke": INK, "stroke-width": "1.2"},
    "frame": {"class": "g-frame", "fill": "none", "stroke": SOFT, "stroke-width": "1"},
    "dashed": {"class": "g-dashed", "fill": PAPER, "stroke": INK, "stroke-width": "1.6", "stroke-dasharray": "6 4"},
}


def wrap(text: str, size: float, width: float, bold: bool = False) -> list[str]:
    """The text in lines that fit the width; a word is never cut."""
    most = width / (size * LETTER * (1.06 if bold else 1))
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= most or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def fitted(lines: list[Line], width: float, height: float) -> list[Line]:
    """The lines wrapped to the width, in the largest type (down to half its size) whose lines fit the height."""
    for percent in range(100, 45, -5):
        sized = [Line(line.text, line.size * percent / 100, line.bold) for line in lines]
        wrapped = [
            Line(part, line.size, line.bold) for line in sized for part in wrap(line.text, line.size, width, line.bold)
        ]
        if tall(wrapped) <= height:
            break
    return wrapped


def tall(lines: list[Line]) -> float:
    """The height of the lines, one under the other."""
    return sum(line.size * LEADING for line in lines)


@dataclass
class Canvas:
    """Gathers the strokes of one drawing; ``name`` keeps ids apart where two drawings share a page."""

    name: str
    width: float
    height: float
    font: str
    strokes: list[str] = field(default_factory=list)

    def box(self, at: Box, kind: str, lines: list[Line]) -> None:
        """A rounded box with its lines in the middle of it, smaller where they would run over."""
        self._add("rect", x=at.x, y=at.y, width=at.width, height=at.height, rx=8, **KINDS[kind])
        light = kind == "strong"
        wrapped = fitted(lines, at.width - 14, at.height - 6)
        y = at.middle - tall(wrapped) / 2
        for line in wrapped:
            y += line.size * LEADING
            self.text(at.centre, y - line.size * 0.32, line, "middle", light=light)

    def note(self, x: float, y: float, lines: list[Line], width: float, anchor: str = "start") -> float:
        """Lines of words from ``y`` down, and where they end."""
        for line in lines:
            for part in wrap(line.text, line.size, width, line.bold):
                y += line.size * LEADING
                self.text(x, y, Line(part, line.size, line.bold), anchor)
        return y

    def text(self, x: float, y: float, line: Line, anchor: str = "start", *, light: bool = False) -> None:
        weight = ' font-weight="700"' if line.bold else ""
        colour = f'class="g-light" fill="{PAPER}"' if light else f'class="g-ink" fill="{INK}"'
        place = f'x="{x:g}" y="{y:.1f}" font-size="{line.size:g}" text-anchor="{anchor}"'
        self.strokes.append(f"<text {place} {colour}{weight}>{escape(line.text)}</text>")

    def path(self, points: str, *, dashed: bool = False, arrow: bool = True) -> None:
        """A line along ``points`` (an SVG path), with its head at the end."""
        look = {"class": "g-line", "fill": "none", "stroke": INK, "stroke-width": "1.8"}
        if dashed:
            look["stroke-dasharray"] = "3 5"
        if arrow:
            look["marker-end"] = f"url(#{self.name}-head)"
        self._add("path", d=points, **look)

    def cross(self, x: float, y: float) -> None:
        """The mark of what is never done."""
        look = {"class": "g-line", "fill": "none", "stroke": INK, "stroke-width": "3"}
        self._add("path", d=f"M{x - 7:g} {y - 7:g} l14 14 m0 -14 l-14 14", **look)

    def svg(self, title: str, description: str) -> str:
        """The drawing as an SVG element that says in words what it shows."""
        head = (
            f'<marker id="{self.name}-head" viewBox="0 0 10 10" refX="8.5" refY="5" markerWidth="7" markerHeight="7" '
            f'orient="auto-start-reverse"><path class="g-head" d="M0 0 L10 5 L0 10 Z" fill="{INK}"/></marker>'
        )
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" role="img" '
            f"class={quoteattr('course course--' + self.name)} "
            f'aria-labelledby="{self.name}-title {self.name}-desc" font-family={quoteattr(self.font)}>'
            f'<title id="{self.name}-title">{escape(title)}</title>'
            f'<desc id="{self.name}-desc">{escape(description)}</desc>'
            f"<defs>{head}</defs>{''.join(self.strokes)}</svg>"
        )

    def _add(self, element: str, **attributes: object) -> None:
        said = " ".join(f"{name}={quoteattr(_number(value))}" for name, value in attributes.items())
        self.strokes.append(f"<{element} {said}/>")


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
