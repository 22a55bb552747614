"""Excel workbooks, made by hand: the smallest that a spreadsheet program would open, and some that none should."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
# The style of a cell that holds a date, as the number of its days since 1899-12-30.
_STYLES = f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


class Formula(str):
    """A formula; the value that was saved with it is 21."""


class Days(int):
    """A date."""


def workbook(path: Path, first: str = "A1", **sheets: list[list[Any]]) -> Path:
    """A workbook of such rows, each sheet beginning at a cell."""
    return packed(path, {name: _sheet(rows, first) for name, rows in sheets.items()})


def packed(path: Path, sheets: dict[str, str]) -> Path:
    """A workbook whose sheets are these documents."""
    numbered = list(enumerate(sheets.items(), 1))
    named = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="r{number}"/>' for number, (name, _) in numbered
    )
    links = "".join(
        f'<Relationship Id="r{number}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number, _ in numbered
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPES}.worksheet+xml"/>'
        for number, _ in numbered
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>{types}</Types>',
        )
        written.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="r0" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        written.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{named}</sheets></workbook>',
        )
        written.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}'
            f'<Relationship Id="rs" Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>',
        )
        written.writestr("xl/styles.xml", _STYLES)
        for number, (_, document) in numbered:
            written.writestr(f"xl/worksheets/sheet{number}.xml", document)
    return path


def document(cells: str) -> str:
    """The document of a sheet that holds such rows."""
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'


def _sheet(rows: list[list[Any]], first: str) -> str:
    left, top = ord(first[0]) - ord("A"), int(first[1:])
    lines = []
    for number, row in enumerate(rows, top):
        cells = "".join(_cell(f"{chr(ord('A') + left + place)}{number}", value) for place, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return document("".join(lines))


def _cell(place: str, value: Any) -> str:
    if isinstance(value, Formula):
        return f'<c r="{place}"><f>{escape(value)}</f><v>21</v></c>'
    if isinstance(value, Days):
        return f'<c r="{place}" s="1"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""
