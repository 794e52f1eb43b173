"""BibTeX."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from pydantic import ValidationError

from kg.corpus.columns import Row
from kg.corpus.fields import plain
from kg.corpus.format import Format
from kg.corpus.jsontext import problem_of
from kg.corpus.source import LONGEST, Head, Source
from kg.extras import needs_extra
from kg.schema import Paper

_ENTRY = re.compile(r"\s*@\s*(?P<kind>[A-Za-z]+)\s*[{(]")
_NO_PAPERS = frozenset({"comment", "preamble", "string"})
_CURE = "correct the entry: braces in pairs, a comma after each field"
_MOST_MACROS = 10_000

_MATH = re.compile(r"((?<!\\)\$[^$]*\$)")
_ACCENT = re.compile(
    r"\{?\\(?:[\"'`^~=.]\s*|[uvHcdbrk](?=[\s{])\s*)(?:\{\\?[A-Za-z]\}|\\?[A-Za-z])\}?"
    r"|\\(?:ss|[oOlL]|a[ea]|A[EA]|oe|OE)\b(?:\{\}|\s)?"
)
_BRACES = re.compile(r"(?<!\\)(\\[A-Za-z]+\s*)?\{([^{}]*)\}")
_ESCAPED = re.compile(r"\\([&%_#])")


def clean(value: str) -> str:
    """Text as a person reads it: accents as letters and no braces that only protect capitals; other LaTeX stays."""
    parts = _MATH.split(value)
    for k in range(0, len(parts), 2):  # the odd ones are formulas
        part = _ACCENT.sub(lambda found: _letter(found[0]), parts[k])
        before = ""
        while before != part:
            before, part = part, _BRACES.sub(_unprotected, part)
        part = part.replace("\x01", "{").replace("\x02", "}")
        parts[k] = _ESCAPED.sub(r"\1", part).replace("~", " ")
    return plain("".join(parts))


def _unprotected(found: re.Match[str]) -> str:
    # The braces of a command's argument are set aside, so that those around it can be looked at.
    return found[2] if found[1] is None else f"{found[1]}\x01{found[2]}\x02"


def _letter(latex: str) -> str:
    import latexcodec  # noqa: F401 - it registers the codec

    bare = latex[1:-1] if latex.startswith("{") and latex.endswith("}") else latex
    try:
        return str(codecs.decode(bare, "ulatex")).strip("{}")  # type: ignore[call-overload]
    except ValueError:
        return latex


def _entries(source: Source) -> Iterator[tuple[int, str, str]]:
    """Line, kind and text of each entry; one begins with ``@kind{`` on a line of its own and ends before the next.

    So an entry whose braces are not in pairs spoils no other, and only one is in memory.
    """
    begin, kind, size = 0, "", 0
    text: list[str] = []
    for number, line in source.lines():
        found = _ENTRY.match(line)
        if found:
            if kind:
                yield begin, kind, "\n".join(text)
            begin, kind, text, size = number, found["kind"].casefold(), [], 0
        if kind:
            size += len(line)
            if size > LONGEST:
                source.broken(f"the entry is longer than {LONGEST >> 20} MiB", _CURE, begin)
                begin, kind, text, size = 0, "", [], 0
                continue
            text.append(line)
    if kind:
        yield begin, kind, "\n".join(text)


def _read(source: Source) -> Iterator[Paper]:
    with needs_extra("bibtex", "reading BibTeX"):
        from pybtex.bibtex.exceptions import BibTeXError
        from pybtex.database.input.bibtex import LowLevelParser, month_names
        from pybtex.exceptions import PybtexError

    macros = dict(month_names)
    for line, kind, text in _entries(source):
        if kind in ("comment", "preamble"):
            continue
        try:
            for _, (_, fields) in LowLevelParser(text, macros=macros):
                if kind not in _NO_PAPERS:
                    row = _row({name.casefold(): "".join(parts) for name, parts in fields})
                    yield row.paper(source.label)
                break
        except ValidationError as error:
            source.broken(problem_of(error), _CURE, line)
        except (PybtexError, BibTeXError) as error:
            source.broken(f"the entry is broken ({str(error).splitlines()[0]})", _CURE, line)
        if len(macros) > _MOST_MACROS:
            raise source.error(f"it defines more than {_MOST_MACROS} abbreviations", "split the file", line)


def _row(fields: dict[str, str]) -> Row:
    is_arxiv = fields.get("archiveprefix", fields.get("eprinttype", "arxiv")).casefold() == "arxiv"
    values: dict[str, object] = {name: fields[name] for name in ("doi", "url") if name in fields}
    values |= {name: clean(fields[name]) for name in ("title", "abstract") if name in fields}
    return Row.model_validate(
        values
        | {
            "arxiv_id": fields.get("eprint") if is_arxiv else None,
            "published": _date(fields),
            "authors": _authors(fields.get("author", "")),
            "categories": [clean(word) for word in re.split(r"[;,]", fields.get("keywords", ""))],
        }
    )


def _date(fields: dict[str, str]) -> str | None:
    """A date from ``date``, or from ``year`` and ``month``; None for a year that is none ("in press")."""
    from pybtex.database.input.bibtex import month_names

    if re.fullmatch(r"\d{4}(-\d\d){0,2}", fields.get("date", "")):
        return fields["date"]
    year = clean(fields.get("year", ""))
    if not re.fullmatch(r"[12]\d{3}", year):
        return None
    months = [name[:3].casefold() for name in month_names.values()]
    month = clean(fields.get("month", ""))[:3].casefold()
    number = months.index(month) + 1 if month in months else int(month) if re.fullmatch(r"\d\d?", month) else 0
    return f"{year}-{number:02d}" if 1 <= number <= 12 else year


def _authors(value: str) -> list[str]:
    from pybtex.bibtex.utils import split_name_list
    from pybtex.database import Person

    found = []
    for name in split_name_list(value):
        if name == "others":
            continue
        if name.startswith("{"):
            found.append(clean(name))
            continue
        person = Person(name)
        parts = person.first_names + person.middle_names + person.prelast_names + person.last_names
        found.append(clean(" ".join([*parts, *person.lineage_names])))
    return found


def _recognises(head: Head) -> bool:
    return any(_ENTRY.match(line) for line in head.lines) and not head.is_json


FORMAT = Format("bibtex", "BibTeX", _recognises, _read)
