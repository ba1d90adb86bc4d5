"""The parts of a workbook beside its rows (ECMA-376): styles, names of sheets, and the comments of cells."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PLAIN, QUOTED, DAY, MOMENT, HEADING, MARKED, MARKED_QUOTED = range(7)
"""The styles of cells, by their places in the list below."""
_PACK = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_OLD = 'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel"'
_BOX = '<v:shapetype id="note" coordsize="21600,21600" path="m,l,21600r21600,l21600,xe"/>'
_FONT = '<sz val="11"/><name val="Calibri"/>'


def _xf(fmt: int = 0, font: int = 0, fill: int = 0, more: str = "", inside: str = "") -> str:
    return f'<xf numFmtId="{fmt}" fontId="{font}" fillId="{fill}" borderId="0" xfId="0"{more}>{inside}</xf>'


_QUOTE, _DATE, _FILL = ' quotePrefix="1"', ' applyNumberFormat="1"', ' applyFill="1"'
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
    '<numFmt numFmtId="165" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts>'
    f'<fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFF8D3CF"/><bgColor indexed="64"/></patternFill></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7">'
    + _xf() + _xf(49, more=_QUOTE) + _xf(164, more=_DATE) + _xf(165, more=_DATE)
    + _xf(font=1, more=' applyFont="1" applyAlignment="1"', inside='<alignment vertical="top" wrapText="1"/>')
    + _xf(fill=2, more=_FILL) + _xf(49, fill=2, more=_FILL + _QUOTE)
    + '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)  # fmt: skip


def letters(place: int) -> str:
    """The letters of a column (from 0) as sheets write them."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def view(frozen: int, widths: Sequence[int]) -> str:
    """What stands before the rows: so many of them stay in sight, and each column has a width, in letters."""
    pane = (
        f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" state="frozen"/>'
        if frozen
        else ""
    )
    columns = "".join(
        f'<col min="{one}" max="{one}" width="{width}" customWidth="1"/>' for one, width in enumerate(widths, 1)
    )
    cols = f"<cols>{columns}</cols>" if columns else ""
    return f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>{cols}'


def commented(sheet: int, notes: Mapping[tuple[int, int], str]) -> dict[str, str]:
    """The parts that hold the comments of a sheet, by (row, column) from 0; none where there are none."""
    if not notes:
        return {}
    said = "".join(
        f'<comment ref="{letters(column)}{row + 1}" authorId="0"><text>'
        f'<t xml:space="preserve">{escape(words)}</t></text></comment>'
        for (row, column), words in notes.items()
    )
    boxes = "".join(
        '<v:shape type="#note" fillcolor="#ffffe1" style="visibility:hidden;width:180pt;height:60pt">'
        f'<x:ClientData ObjectType="Note"><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>'
        for row, column in notes
    )
    return {
        f"xl/comments{sheet}.xml": f'{HEAD}<comments xmlns="{MAIN}"><authors><author>Chibo</author></authors>'
        f"<commentList>{said}</commentList></comments>",
        f"xl/drawings/notes{sheet}.vml": f'<xml {_OLD}>{_BOX}'
        f"{boxes}</xml>",
        f"xl/worksheets/_rels/sheet{sheet}.xml.rels": f'{HEAD}<Relationships xmlns="{_PACK}/relationships">'
        f'<Relationship Id="comments" Type="{REL}/comments" Target="../comments{sheet}.xml"/>'
        f'<Relationship Id="notes" Type="{REL}/vmlDrawing" Target="../drawings/notes{sheet}.vml"/></Relationships>',
    }  # fmt: skip


def frame(sheets: int, commented_ones: Collection[int]) -> dict[str, str]:
    """The parts that name the sheets, by their path."""
    numbers = range(1, sheets + 1)
    named = "".join(f'<sheet name="{one}" sheetId="{one}" r:id="r{one}"/>' for one in numbers)
    related = "".join(
        f'<Relationship Id="r{one}" Type="{REL}/worksheet" Target="worksheets/sheet{one}.xml"/>' for one in numbers
    )
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{one}.xml" ContentType="{_KIND}.worksheet+xml"/>' for one in numbers
    ) + "".join(
        f'<Override PartName="/xl/comments{one}.xml" ContentType="{_KIND}.comments+xml"/>' for one in commented_ones
    )
    related += f'<Relationship Id="styles" Type="{REL}/styles" Target="styles.xml"/>'
    return {
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{_PACK}/relationships">{related}</Relationships>',
        "xl/styles.xml": STYLES,
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{_PACK}/relationships">'
        f'<Relationship Id="r1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{_PACK}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{kinds}</Types>',
    }  # fmt: skip
