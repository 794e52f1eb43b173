"""Groups names into things: which names of a corpus are one entity, and by which rule.

The rules, from the strongest:

1. a decision of the user;
2. the registry: the spellings of one entry are one thing, and those of two entries are never one;
3. spelling: one name key is one name (``kg.resolve.names``);
4. long names that one paper uses for one thing, unless their numbers differ, or their words have little in common and
   no second paper agrees, or one is a general word that many other papers use or the registry knows;
5. an abbreviation goes with its long form, that is with one that has its letters, or that has hardly any other use.
   Where papers give it several long forms, those with most words in common are one thing, but for a special case of a
   general one (as in 4); of the rest the dominant one takes the papers that use the abbreviation alone, and if none
   dominates, these stay apart. In a paper with a long form, the long form decides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from kg.resolve.abbreviations import explains
from kg.resolve.decisions import Decisions
from kg.resolve.evidence import Evidence, Name, is_abbreviation
from kg.resolve.names import name_key, singular_name, strip_latex
from kg.resolve.phrases import agreement, content, phrase_key, stems, without_generic_head
from kg.resolve.registry import Registry, RegistryEntry
from kg.resolve.table import NameFacts, decisive
from kg.schema import EntityType


class Rule(StrEnum):
    """Why a name belongs to a thing."""

    SPELLING = "spelling"
    REGISTRY = "registry"
    PAPER = "paper"
    ABBREVIATION = "abbreviation"
    DECISION = "decision"


_DOMINANT = 2 / 3
"""The share of the papers with a long form that makes one sense of an abbreviation the dominant one."""
_PRIOR_OF_NAME, _PRIOR_OF_ALIAS = 6.0, 2.0
"""How many papers the registry counts for as a witness of what an abbreviation stands for: as its name, as an alias."""
_SAME_SENSE, _NEARLY_ALL = 0.5, 0.75
_RELATED = 0.3
_RARE = 10
"""An abbreviation names a thing if another name of it is in at most so many times as many papers."""
_OFTEN = 4
"""A name loses the capitals of a title if it is written without them at least once for so many times with them."""
_SURE = 3
"""How many mentions show how a word is always written; fewer may be the beginnings of sentences."""
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Membership:
    """Why a name belongs to a thing and how sure that is (0 to 1)."""

    rule: Rule
    confidence: float


class Clusters:
    """The grouping of the names of a corpus.

    Attributes:
        home: the representative of the thing that each name stands for, where nothing more is known.
        senses: what the papers with a long form mean by each abbreviation: representatives, with their papers.
        membership: by which rule each name came to it.
    """

    def __init__(self, evidence: Evidence, registry: Registry, decisions: Decisions) -> None:
        self._evidence = evidence
        self._registry = registry
        self._parent: dict[Name, Name] = {}
        self._entry: dict[Name, RegistryEntry] = {}
        self._registered: dict[Name, RegistryEntry | None] = {}
        self._best: dict[Name, str] = {}
        self._split = decisions.split()
        self.membership: dict[Name, Membership] = {}
        self.names = sorted(evidence.usage)
        self.short = frozenset(name for name in self.names if is_abbreviation(self._surface(name)))
        self._join_registered()
        self._join_reordered()
        self._join_long()
        senses = self._join_short()
        self._join_decided(decisions)
        self.home = {name: self._find(name) for name in self.names}
        self.senses: dict[Name, Counter[Name]] = {}
        for short, counts in senses.items():
            merged: Counter[Name] = Counter()
            for root, count in counts.items():
                merged[self._find(root)] += count
            self.senses[short] = merged
        self.entry_of = {self._find(root): entry for root, entry in self._entry.items()}

    def registered(self, name: Name) -> RegistryEntry | None:
        """The registry's entry for a name, with a generic head or without, unless the user split it off."""
        if name not in self._registered:
            self._registered[name] = None if name in self._split else look_up(name, self._surface(name), self._registry)
        return self._registered[name]

    def _surface(self, name: Name) -> str:
        if name not in self._best:
            self._best[name] = self._evidence.usage[name].best_surface()
        return self._best[name]

    # -- union and find -----------------------------------------------------------------------------------------------

    def _find(self, name: Name) -> Name:
        root = name
        while (up := self._parent.get(root, root)) != root:
            root = up
        while name != root:
            self._parent[name], name = root, self._parent.get(name, name)
        return root

    def _union(self, left: Name, right: Name) -> bool:
        """Joins two things unless the registry knows them as two."""
        a, b = self._find(left), self._find(right)
        if a == b:
            return True
        if self._entry.get(a, self._entry.get(b)) is not self._entry.get(b, self._entry.get(a)):
            return False
        low, high = min(a, b), max(a, b)
        self._parent[high] = low
        if high in self._entry:
            self._entry[low] = self._entry.pop(high)
        return True

    def _mark(self, name: Name, rule: Rule, confidence: float) -> None:
        self.membership.setdefault(name, Membership(rule, round(confidence, 4)))

    # -- the rules ----------------------------------------------------------------------------------------------------

    def _join_registered(self) -> None:
        first: dict[tuple[str, str], Name] = {}
        for name in self.names:
            entry = self.registered(name)
            # What an abbreviation stands for is decided later, with the papers as witnesses.
            if entry is None or name in self.short:
                continue
            self._mark(name, Rule.REGISTRY, 1.0)
            head = first.setdefault((entry.type, entry.name), name)
            self._entry[self._find(head)] = entry
            self._union(head, name)

    def _join_reordered(self) -> None:
        first: dict[tuple[EntityType, str], Name] = {}
        for name in self.names:
            key = None if name in self.short or name in self._split else phrase_key(self._surface(name), name.type)
            if key is not None:
                head = first.setdefault((name.type, key), name)
                if head != name and self._union(head, name):
                    self._mark(name, Rule.SPELLING, 0.95)

    def _join_long(self) -> None:
        links = [
            (-count, left, right)
            for (left, right), count in self._evidence.links.items()
            if left not in self.short and right not in self.short and not {left, right} & self._split
        ]
        for negative, left, right in sorted(links):
            agree = self._agreement(left, right)
            if agree is None or (agree < self._related(left, right) and negative > -2):
                continue
            if -negative < self._needed(left, right):
                continue
            if self._union(left, right):
                for name in (left, right):
                    self._mark(name, Rule.PAPER, 1 - 0.3**-negative * (1 - agree))

    def _needed(self, left: Name, right: Name) -> float:
        """How many papers have to say that two names are one thing.

        A paper may call a special thing by a general word (pretraining, for supervised pretraining) without the two
        being one; that takes half of the papers with the general word, and two if the registry knows it.
        """
        a, b = content(self._surface(left)), content(self._surface(right))
        general = left if a < b else right if b < a else None
        if general is None:
            return 1
        return max(self._evidence.usage[general].papers / 2, 1 if self.registered(general) is None else 2)

    def _related(self, left: Name, right: Name) -> float:
        """The share of words in common that makes the word of one paper enough; more for a name that is known."""
        known = (self.registered(left) is None) != (self.registered(right) is None)
        return _SAME_SENSE if known else _RELATED

    def _join_short(self) -> dict[Name, Counter[Name]]:
        """Finds what each abbreviation stands for; gives its senses, things with their numbers of papers."""
        witnesses: dict[Name, Counter[Name]] = defaultdict(Counter)
        for (left, right), count in self._evidence.links.items():
            for short, long in ((left, right), (right, left)):
                is_pair = short in self.short and long not in self.short and not {short, long} & self._split
                if is_pair and self._is_witness(short, long, count):
                    witnesses[short][long] += count
        for short in sorted(witnesses):
            self._join_senses(short, witnesses[short])
        homes = {(entry.type, entry.name): root for root, entry in self._entry.items()}
        senses: dict[Name, Counter[Name]] = {}
        for short in sorted(self.short, key=lambda name: (-self._evidence.usage[name].papers, name)):
            senses[short] = Counter()
            for long, count in witnesses.get(short, {}).items():
                senses[short][self._find(long)] += count
            if short not in self._split:
                self._settle(short, senses[short], homes)
        self._join_shorts()
        return senses

    def _is_witness(self, short: Name, long: Name, papers: int) -> bool:
        """Whether papers that use two names for one thing say that the one abbreviates the other.

        Where the letters do not tell so, a paper may call its own thing by a general word besides (``FTA-FTL``,
        federated learning), so that takes half of the papers with that word, and one the registry does not know.
        """
        entry = self.registered(long)
        if entry is not None and entry is self.registered(short):
            return True
        if explains(self._surface(long), self._surface(short)):
            return True
        return entry is None and 2 * papers >= self._evidence.usage[long].papers

    def _join_senses(self, short: Name, longs: Counter[Name]) -> None:
        """Joins long forms of one abbreviation that have most words in common, each with a more frequent one."""
        heads: list[Name] = []
        for long in sorted(longs, key=lambda name: (-longs[name], name)):
            for head in heads:
                enough = longs[long] >= self._needed(head, long)
                if enough and self._is_same_sense(head, long) and self._union(head, long):
                    self._mark(long, Rule.ABBREVIATION, 0.9)
                    break
            else:
                heads.append(long)

    def _is_same_sense(self, head: Name, long: Name) -> bool:
        """Whether two long forms of one abbreviation are one thing.

        They are if most papers with either give both, and if one has all words of the other ("structured state space
        model"); "group relative preference optimization" has not all those of GRPO.
        """
        usage = self._evidence.usage
        together = self._evidence.links[min(head, long), max(head, long)]
        if 2 * together >= max(usage[head].papers, usage[long].papers):
            return True
        agree = self._agreement(head, long)
        a, b = stems(self._surface(head)), stems(self._surface(long))
        return agree is not None and agree >= _SAME_SENSE and (a <= b or b <= a or agree >= _NEARLY_ALL)

    def _settle(self, short: Name, senses: Counter[Name], homes: dict[tuple[EntityType, str], Name]) -> None:
        """Decides what an abbreviation stands for in a paper that says no more.

        Args:
            short: the abbreviation.
            senses: the things that papers with a long form mean, with the numbers of these papers.
            homes: where the things of the registry are, by type and name; one that only abbreviations name is added.
        """
        weight = {root: float(count) for root, count in senses.items()}
        entry = self.registered(short)
        if entry is not None:
            # A thing that no long form names yet is held for by the abbreviation itself.
            known = self._find(homes.get((entry.type, entry.name), short))
            is_name = short.key.casefold() == name_key(entry.name, entry.type).casefold()
            weight[known] = weight.get(known, 0.0) + (_PRIOR_OF_NAME if is_name else _PRIOR_OF_ALIAS)
        if not weight:
            return
        best = min(weight, key=lambda root: (-weight[root], root))
        share = weight[best] / sum(weight.values())
        if share < _DOMINANT:
            return
        if entry is not None and best == known:
            if self._find(short) == known:
                homes.setdefault((entry.type, entry.name), short)
                self._entry.setdefault(known, entry)
            if self._union(short, known):
                self._mark(short, Rule.REGISTRY, share)
        elif self._union(short, best):
            self._mark(short, Rule.ABBREVIATION, share)

    def _join_shorts(self) -> None:
        """Two abbreviations of one thing in one paper (``3DGS``, ``3D-GS``) are one if no long form says otherwise."""
        for (left, right), count in sorted(self._evidence.links.items()):
            if {left, right} <= self.short and not {left, right} & self._split:
                agree = self._agreement(left, right)
                near = count > 1 or (agree is not None and agree > 0 and count >= self._needed(left, right))
                if agree is not None and near and self._union(left, right):
                    self._mark(left, Rule.PAPER, 0.8)
                    self._mark(right, Rule.PAPER, 0.8)

    def _join_decided(self, decisions: Decisions) -> None:
        self.written: dict[Name, str] = {}
        for name, into, written in decisions.merged():
            a, b = self._find(name), self._find(into)
            entry = self._entry.get(b)
            self._entry.pop(a, None)
            self._parent[a] = b
            if entry is not None:
                self._entry[b] = entry
            self.membership[name] = Membership(Rule.DECISION, 1.0)
            self.written[into] = written

    def _agreement(self, left: Name, right: Name) -> float | None:
        """The share of words in common (0 to 1), or None if the numbers differ: ``Gemini`` and ``Gemini 2.5``."""
        if Counter(_NUMBER.findall(left.key)) != Counter(_NUMBER.findall(right.key)):
            return None
        return agreement(self._surface(left), self._surface(right))

    def facts_of(self, name: Name) -> NameFacts:
        """What is known of a name of the corpus."""
        papers = self._evidence.usage[name].papers
        registered = self.registered(name) is not None
        return NameFacts(self._find(name), name in self.short, registered, papers, self._surface(name))

    def decisive(self, names: Iterable[Name]) -> Name:
        """Of the names that a paper uses for one thing, the one that says best what it is (``kg.resolve.table``)."""
        return decisive(names, self.facts_of)

    def display_name(self, root: Name, members: list[Name]) -> str:
        """What a thing is called: as the registry has it, else its abbreviation, else its most frequent surface.

        An abbreviation that few of its papers use, such as one paper's own for a common term, is no name for all.
        """
        entry = self.entry_of.get(root)
        for name in (root, *members):
            if name in self.written:
                return self.written[name]
        if entry is not None:
            return entry.name
        usage = self._evidence.usage
        most = max(usage[name].papers for name in members)
        shorts = [name for name in members if name in self.short and _RARE * usage[name].papers >= most]
        best = min(shorts or members, key=lambda name: (-usage[name].papers, -sum(usage[name].mentions.values()), name))
        written = usage[best].mentions
        always = _is_capitalized(written) and sum(written.values()) >= _SURE
        mentions: Counter[str] = Counter()
        for surface, count in written.items():
            one = singular_name(surface)
            mentions[surface if one not in written and (always or _is_proper(one)) else one] += count
        called = min(mentions, key=lambda s: (-mentions[s], s))
        plain = [s for s in mentions if _OFTEN * mentions[s] >= mentions[called] and _is_title_of(called, s)]
        return strip_latex(min(plain, key=lambda s: (-mentions[s], s), default=called))


def look_up(name: Name, surface: str, registry: Registry) -> RegistryEntry | None:
    """The registry's entry for a name, with a generic head or without; ``surface`` is its most frequent one."""
    entry = registry.find_key(name.key, name.type)
    if entry is None and (rest := without_generic_head(surface)) is not None:
        entry = registry.find(rest, name.type)
    return entry


def joints(name: Name, surface: str, registry: Registry) -> tuple[str | None, str | None]:
    """What may join a name to others that no paper links it to: the registry's entry, and the words of a phrase.

    Names that share neither, directly or over others, nor a paper's entity, nor a decision, are resolved
    independently of each other.

    Args:
        name: the name.
        surface: its most frequent surface.
        registry: what is known of the field.
    """
    entry = look_up(name, surface, registry)
    return None if entry is None else entry.name, phrase_key(surface, name.type)


def _is_title_of(title: str, name: str) -> bool:
    """Whether ``title`` is a name of several words with a title's capitals: ``LLM Reasoning`` of ``LLM reasoning``."""
    titled, plain = re.split(r"[ -]", title), re.split(r"[ -]", name)
    return (
        title != name
        and len(titled) == len(plain) > 1
        and all(a == b or (a[1:].islower() and a[:1].lower() + a[1:] == b) for a, b in zip(titled, plain, strict=True))
    )


def _is_proper(name: str) -> bool:
    """Whether a name is one word with inner capitals, whose last s may be its own (``NeuPIMs``)."""
    return " " not in name and any(c.isupper() for c in name[1:]) and any(c.islower() for c in name)


def is_called_by_counts(written: Collection[str]) -> bool:
    """Whether all the mentions of a name tell what it is called: it is written in several ways, or may be a plural."""
    return len(written) > 1 or _is_capitalized(written)


def _is_capitalized(written: Iterable[str]) -> bool:
    """Whether a name is one word, written with a capital each time, whose last s may be its own (``Kubernetes``)."""
    return all(" " not in surface and surface[:1].isupper() and surface[1:].islower() for surface in written)
