"""Spelling: which written forms are one name, and what a name says of its version, size and variant.

``name_key`` is the normalisation that every step of resolution compares by. It forgets what authors vary without
meaning anything by it (case, hyphens, spaces, plurals, accents, LaTeX, British endings, the ``v`` of a version) and
keeps what tells two names apart: digits and where one number ends, ``+``, ``@``, ``*``, and the inner capitals of short
names, by which ``BLaST`` is not ``BLAST`` and ``mAP`` is not ``MAP``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.schema import EntityType

_GREEK_NAMES = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu",
    "nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
)  # fmt: skip
_GREEK = dict(zip(_GREEK_NAMES, "αβγδεζηθικλμνξοπρστυφχψω", strict=True))
_LETTER_NAMES = {letter: name for name, letter in _GREEK.items()} | {"ϕ": "phi", "ϵ": "epsilon", "ς": "sigma"}
_LETTER_NAMES |= {letter.upper(): name for letter, name in _LETTER_NAMES.items()}
_GREEK_LETTER = re.compile("[" + "".join(_LETTER_NAMES) + "]")

_SYMBOLS = {"times": "x", "infty": "∞", "star": "*", "ast": "*", "sim": "", "cdot": "", "circ": "", "dagger": ""}
_COMMAND = re.compile(r"\\([A-Za-z]+)\*?\s*")
_STYLE = re.compile(r"\\(?:text|math|up|em|bf|it|tt|sc|rm|sf|under|operator|ensure|mbox)[a-z]*\s*")
_MARKUP = re.compile(r"[${}`\\_^~]|''|\"")
_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_TRANSLATE = str.maketrans({"×": "x", "’": "'", "‘": "'", "“": '"', "”": '"', "&": " and "})

_WORD = re.compile(r"[^\W_]+(?:\.(?=\d)[^\W_]+)*|[+@*#∞]+")
_VERSION_LETTER = re.compile(r"(?<![^\W_])[vV]\.?(?=\d)|(?<=[^\W\d_])[vV](?=\d)")
_ZERO_MINOR = re.compile(r"(?<![\d.])(\d)\.0(?![\d.])")
_POSSESSIVE = re.compile(r"(?<=[A-Za-z])'s\b|(?<=s)'(?=\s|$)")
_INNER_ABBREVIATION = re.compile(r"(?<=\w)\s*\([A-Z][\w-]{0,11}\)(?=\s\w)")  # chain-of-thought (CoT) prompting
_BRITISH = (
    (re.compile(r"is(?=(?:e[dr]?|es|ers|ing|ation|ations)$)"), "iz"),
    (re.compile(r"(?<=behavi)our"), "or"),
    (re.compile(r"ll(?=ing$|ed$|er$)"), "l"),
)
_NOT_PLURAL = ("ss", "us", "is", "os")
_SINGULARS = {
    "analyses": "analysis", "hypotheses": "hypothesis", "matrices": "matrix", "indices": "index", "axes": "axis",
    "vertices": "vertex", "caches": "cache", "biases": "bias", "aliases": "alias", "lenses": "lens",
    "corpora": "corpus",
}  # fmt: skip
_S_SINGULAR = frozenset(
    {
        "always", "atlas", "bias", "canvas", "chaos", "gas", "lens", "news", "physics", "series", "species",
    }
)  # fmt: skip

_PLURALS_IN_ICS = (
    "topics", "metrics", "heuristics", "critics", "logics", "characteristics", "rubrics", "clinics", "fabrics",
    "comics", "classics", "plastics", "antibiotics", "mosaics", "demics",
)  # fmt: skip
ENDINGS = (r"\d+(?:\.\d+)?[BbMm]", r"(?:19|20)\d\d", r"\d+[x×]\d+")
"""Sizes, years and resolutions: what names in a list may differ in that share their beginning."""
_ENDING = re.compile("|".join(ENDINGS))
_SHORT_NAME = re.compile(r"[A-Za-z]{2,6}")


def strip_latex(text: str) -> str:
    r"""The text without LaTeX: ``$\pi_0$`` gives ``π0``, ``MoE$^2$`` gives ``MoE2``, ``\textbf{X}`` gives ``X``."""
    if "\\" not in text and "$" not in text and "{" not in text:
        return text
    text = _STYLE.sub("", text)

    def symbol(match: re.Match[str]) -> str:
        name = match[1]
        return _SYMBOLS.get(name, _GREEK.get(name.lower(), name))

    return _MARKUP.sub("", _COMMAND.sub(symbol, text)).strip()


def singular(word: str) -> str:
    """The singular of an English word, or of an abbreviation (``LLMs`` gives ``LLM``); any other word as it is."""
    low = word.lower()
    if len(word) < 3 or not (word.endswith("s") or low in _SINGULARS):
        return word
    if low in _SINGULARS:
        return _SINGULARS[low] if word.islower() else word[0] + _SINGULARS[low][1:]
    if word[-2].isupper():
        return word[:-1]
    if len(word) < 4 or not word[-2].isalpha() or low in _S_SINGULAR or low.endswith(_NOT_PLURAL):
        return word
    if low.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if low.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return word[:-2]
    return word[:-1]


def singular_name(name: str) -> str:
    """The name with its last word in the singular; ``robotics`` and its like, and ``FLOPs``, stay."""
    head, separator, last = name.rpartition(" ")
    low = last.lower()
    # Not in `singular`, by which names are keyed: pipelines keep counts of known names under those keys.
    if low == "flops" or (low.endswith("ics") and not low.endswith(_PLURALS_IN_ICS)):
        return name
    return f"{head}{separator}{singular(last)}"


def is_ending(surface: str) -> bool:
    """Whether a surface is a size, a year or a resolution alone: the end of a name, as in "Vicuna 7B and 13B"."""
    return _ENDING.fullmatch(surface) is not None


def is_case_marked(word: str) -> bool:
    """Whether a word is a short name whose inner capitals are part of it: ``BLaST``, ``mAP``, ``LoRA``."""
    return (
        _SHORT_NAME.fullmatch(word) is not None
        and any(c.isupper() for c in word[1:])
        and any(c.islower() for c in word)
    )


def _normal_words(surface: str) -> list[str]:
    """The words of a name: NFKC, no LaTeX, no accents, no version letter, singular; case kept."""
    text = strip_latex(surface)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _DASHES.sub("-", text)).translate(_TRANSLATE)
        text = _GREEK_LETTER.sub(lambda m: _LETTER_NAMES[m[0]], text)
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    else:
        text = text.translate(_TRANSLATE)
    text = _POSSESSIVE.sub("", _INNER_ABBREVIATION.sub("", text))
    text = _ZERO_MINOR.sub(r"\1", _VERSION_LETTER.sub("", text))
    return [singular(word) for word in _WORD.findall(text)]


def _american(word: str) -> str:
    if len(word) > 5 and word.isalpha():
        for pattern, replacement in _BRITISH:
            word = pattern.sub(replacement, word)
    return word


@lru_cache(maxsize=1 << 16)
def folded_key(surface: str) -> str:
    """The key of a name without regard to case: what ``name_key`` gives but for short case-marked names."""
    key = ""
    words = [_american(word.lower()) for word in _normal_words(surface)]
    for number, word in enumerate(words, start=1):
        # "LLaMA-2 7B" is not "LLaMA-27B", "ViT-S" not "VITS": two numbers side by side stay two, a last letter alone.
        last_letter = number == len(words) and len(word) == 1 and word.isalpha()
        apart = last_letter or (key[-1:].isdigit() and word[0].isdigit())
        key += f"-{word}" if key and apart else word
    return key or surface.casefold()


_YEAR = re.compile(r"(?<!\d)20(?=[12]\d(?!\d))")
_REORDERED = (EntityType.MODEL, EntityType.METHOD)


@lru_cache(maxsize=1 << 16)
def name_key(surface: str, type: EntityType) -> str:
    """The key by which two written forms are the same name.

    Args:
        surface: a name as it is written in a text.
        type: the type of what it names: years of benchmarks are read with two digits (``AIME 2024``, ``AIME'24``),
            and the parts of a model's name in any order (``Llama-3-Instruct-8B``, ``Llama-3-8B-Instruct``).

    Returns:
        A key of letters, digits and ``+@*#.-``, lower case but for a short case-marked name (``BLaST``).
    """
    words = _normal_words(surface)
    if len(words) == 1 and is_case_marked(words[0]):
        return words[0]
    if type in _REORDERED:
        version = parse_version(surface)
        if version.size is not None and version.variant is not None:
            return "-".join(
                part for part in (folded_key(version.family), version.version, version.size, version.variant) if part
            )
    key = folded_key(surface)
    return _YEAR.sub("", key) if type is EntityType.BENCHMARK else key


# ---------------------------------------------------------------------------------------------------------------------
# Versions
# ---------------------------------------------------------------------------------------------------------------------

_PART = re.compile(r"[-_\s/:]+")
_SIZE = re.compile(r"(?:\d+[x×])?\d+(?:\.\d+)?[bBmM](?:-?[aA]\d+(?:\.\d+)?[bB])?")
_ACTIVE = re.compile(r"[aA]\d+(?:\.\d+)?[bB]")
_NUMBERED = re.compile(r"([^\W\d_][^\d]*?)[vV]?(\d+(?:\.\d+)*[a-z]?)")
_NUMBER = re.compile(r"[vV]?(\d+(?:\.\d+)*[a-z]{0,2})")
_VARIANTS = frozenset(
    {
        "instruct", "inst", "chat", "base", "it", "preview", "thinking", "mini", "nano", "small", "medium", "large",
        "tiny", "xl", "xxl", "turbo", "pro", "flash", "lite", "max", "plus", "ultra", "opus", "sonnet", "haiku",
        "coder", "code", "math", "vl", "omni", "audio", "vision", "reasoning", "air", "maverick", "scout", "exp",
        "embedding", "reranker", "distill", "zero", "dev", "schnell", "huge", "giant",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Version:
    """What the name of a model (or of a benchmark) is made of.

    ``LLaMA-2 7B Chat``: family ``LLaMA``, version ``2``, size ``7b``, variant ``chat``. Parts that the name lacks are
    None. ``variant`` is the remaining known words, sorted and joined with ``-``.
    """

    family: str
    version: str | None = None
    size: str | None = None
    variant: str | None = None


@lru_cache(maxsize=1 << 16)
def parse_version(name: str) -> Version:
    """The family, version, size and variant that a name states.

    ``LLaMA-2 7B`` and ``Llama 2-7B`` have equal parts but for the spelling of the family; compare families by
    ``folded_key``. A name that states none of them is its own family.
    """
    parts = [p for p in _PART.split(_DASHES.sub("-", strip_latex(name)).strip()) if p]
    family: list[str] = []
    version: str | None = None
    size: str | None = None
    variants: list[str] = []
    for part in parts:
        plain = part.strip("'`()[],")
        if _SIZE.fullmatch(plain):
            size = plain.lower().replace("×", "x") if size is None else f"{size}-{plain.lower()}"
        elif _ACTIVE.fullmatch(plain) and size is not None:
            size += f"-{plain.lower()}"
        elif family and plain.lower() in _VARIANTS:
            variants.append(plain.lower())
        elif family and version is None and (number := _NUMBER.fullmatch(plain)):
            version = _minor(number[1])
        elif not family and (numbered := _NUMBERED.fullmatch(plain)) and len(numbered[1]) > 1:
            family.append(numbered[1])
            version = _minor(numbered[2])
        elif variants or version is not None or size is not None:
            variants.append(plain.lower())
        else:
            family.append(part)
    if not family:
        return Version(name)
    return Version(" ".join(family), version, size, "-".join(sorted(set(variants))) or None)


_LAST_PART = re.compile(r"(.*[^\s/:_-])[-_\s/:]+([^-_\s/:]+)")
_LAST_NUMBER = re.compile(r"(.*[^\W\d_][^\W\d_+])(?:['’]|[vV](?=\d))?\d+(?:\.\d+)*[a-zA-Z]{0,2}")


def family_names(name: str) -> Iterator[str]:
    """The names that a name is a variant of by its form, the nearest first.

    ``Qwen2.5-VL-7B-Instruct`` gives ``Qwen2.5-VL-7B``, ``Qwen2.5-VL``, ``Qwen2.5``, ``Qwen``; ``AIME'24`` gives
    ``AIME``. Only sizes, numbers and known words for variants are taken off.
    """
    rest = strip_latex(name).strip()
    while True:
        parts = _LAST_PART.fullmatch(rest)
        if parts is not None and _is_variant_part(parts[2].strip("'’`()[],")):
            rest = parts[1].rstrip(" ,([")
        elif (number := _LAST_NUMBER.fullmatch(rest)) is not None:
            rest = number[1]
        else:
            return
        yield rest


def _is_variant_part(part: str) -> bool:
    return (
        part.lower() in _VARIANTS
        or _NUMBER.fullmatch(part) is not None
        or _SIZE.fullmatch(part) is not None
        or _ACTIVE.fullmatch(part) is not None
    )


def _minor(version: str) -> str:
    return version[:-2] if version.endswith(".0") else version
