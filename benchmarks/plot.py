"""How a house grows with its open incidents: four small charts as SVG, each with the line of linear growth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDE, HIGH, EDGE, GAP = 360, 210, 54, 24
CHARTS: Sequence[tuple[str, Sequence[tuple[str, str, str]]]] = (
    ("memory, MB", (("server_mb", "server", "#1f5fa8"), ("worker_mb", "worker", "#b3541e"))),
    ("database on disk, MB", (("database_mb", "database", "#1f5fa8"),)),
    ("opened a second (further right: as many)", (("opened_per_second", "incidents a second", "#1f5fa8"),)),
    ("worker killed: seconds until all answer", (("restart_all_s", "all answer", "#1f5fa8"),)),
)
ALL_THE_SAME = "opened_per_second"
"""What should not grow at all."""


@dataclass(frozen=True)
class Line:
    """One line of a chart: its name, its points from left to right, how it is drawn."""

    name: str
    points: Sequence[tuple[float, float]]
    colour: str
    is_dashed: bool = False


def picture(charts: Sequence[tuple[str, Sequence[Line]]]) -> str:
    """Charts in two columns; a chart without a point is left out."""
    drawn = [
        _lines_chart(title, [line for line in lines if line.points], n % 2 * (WIDE + GAP), n // 2 * (HIGH + GAP))
        for n, (title, lines) in enumerate(charts)
    ]
    return _sheet(drawn, rows=(len(charts) + 1) // 2)


def _lines_chart(title: str, lines: Sequence[Line], left: int, top: int) -> str:
    if not lines:
        return ""
    most = max(x for line in lines for x, _ in line.points)
    highest = max(y for line in lines for _, y in line.points) * 1.15
    parts = [f'<g transform="translate({left},{top})">', f'<text x="{EDGE}" y="14" font-weight="bold">{title}</text>']
    parts += [_frame(most, highest)]
    for number, line in enumerate(lines):
        dash = ' stroke-dasharray="3 4"' if line.is_dashed else ""
        parts.append(_line(line.points, most, highest, f'stroke="{line.colour}" stroke-width="2"{dash}'))
        dots = _places(line.points, most, highest)
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{line.colour}"/>' for x, y in dots]
        said = line.name + (" (dashed)" if line.is_dashed else "")
        parts.append(f'<text x="{EDGE + 8}" y="{34 + 14 * number}" fill="{line.colour}">{said}</text>')
    return "\n".join((*parts, "</g>"))


def growth(points: Sequence[Mapping[str, Any]]) -> str:
    """The picture."""
    charts = [
        _chart(points, *chart, left=n % 2 * (WIDE + GAP), top=n // 2 * (HIGH + GAP)) for n, chart in enumerate(CHARTS)
    ]
    return _sheet(charts, rows=2)


def _sheet(charts: Sequence[str], rows: int) -> str:
    size = f'width="{2 * WIDE + GAP}" height="{rows * HIGH + (rows - 1) * GAP}"'
    style = 'font-family="sans-serif" font-size="11" fill="#222"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>',
            '<rect width="100%" height="100%" fill="#fff"/>',
            *charts,
            "</svg>\n",
        )
    )


def _chart(
    points: Sequence[Mapping[str, Any]], title: str, series: Sequence[tuple[str, str, str]], *, left: int, top: int
) -> str:
    there = [point for point in points if all(point.get(key) for key, _, _ in series)]
    if not there:
        return ""
    most = max(point["size"] for point in there)
    highest = max(point[key] for point in there for key, _, _ in series) * 1.15
    parts = [f'<g transform="translate({left},{top})">', f'<text x="{EDGE}" y="14" font-weight="bold">{title}</text>']
    parts += [_frame(most, highest)]
    for number, (key, name, colour) in enumerate(series):
        line = [(point["size"], point[key]) for point in there]
        dashed = [line[0], (most, line[0][1]) if key == ALL_THE_SAME else _in_step(line[0], most, highest)]
        parts.append(_line(dashed, most, highest, f'stroke="{colour}" stroke-dasharray="3 4" opacity="0.6"'))
        parts.append(_line(line, most, highest, f'stroke="{colour}" stroke-width="2"'))
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in _places(line, most, highest)]
        parts.append(f'<text x="{EDGE + 8}" y="{34 + 14 * number}" fill="{colour}">{name}</text>')
    return "\n".join((*parts, "</g>"))


def _in_step(first: tuple[float, float], most: float, highest: float) -> tuple[float, float]:
    """Where a line that grows in step with the incidents ends: at the last size, or where it leaves the chart above."""
    size, value = first
    end = min(most, size * highest / value)
    return end, value * end / size


def _frame(most: float, highest: float) -> str:
    bottom = HIGH - 24
    marks = []
    for share in (0.0, 0.5, 1.0):
        x, y = EDGE + share * (WIDE - EDGE - 8), bottom - share * (bottom - 22)
        anchor = "end" if share == 1 else "middle"
        marks.append(f'<text x="{x:.0f}" y="{HIGH - 8}" text-anchor="{anchor}">{most * share:,.0f}</text>')
        marks.append(f'<text x="{EDGE - 5}" y="{y + 4:.0f}" text-anchor="end">{highest * share:,.0f}</text>')
    axes = f"M{EDGE},22 V{bottom} H{WIDE - 8}"
    return f'<path d="{axes}" fill="none" stroke="#888"/>' + "".join(marks)


def _places(line: Sequence[tuple[float, float]], most: float, highest: float) -> list[tuple[float, float]]:
    bottom = HIGH - 24
    return [(EDGE + size / most * (WIDE - EDGE - 8), bottom - value / highest * (bottom - 22)) for size, value in line]


def _line(line: Sequence[tuple[float, float]], most: float, highest: float, style: str) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in _places(line, most, highest))
    return f'<polyline points="{path}" fill="none" {style}/>'
