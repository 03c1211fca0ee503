"""What to look for on behalf of one commitment: weighted words and groups, who owes it, where, and its query."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from monitoring import lexicon, querying
from monitoring.lexicon import Alias, Body
from monitoring.normalising import stem_of, stems_of
from monitoring.reading import CommitmentText, Reader, Reading

_TITLE, _DESCRIPTION, _SECTOR, _QUERY = 1.5, 1.0, 0.5, 1.2
_GROUP = 1.1
_PUBLIC_WORDS = re.compile(
    r"\b(?:department|ministry|council|institute|authority|board|office|agency|government|nhs|service|trust|"
    r"university|commission|county|city|treasury|parliament|college|cabinet|state|ministers?|police|union|"
    r"foundation|society|incubator|group)\b",
    re.IGNORECASE,
)
_GENERIC_NAME_WORDS = set(
    stems_of(
        "department ministry council institute authority board office agency government service trust university "
        "commission county city treasury college cabinet state for of the and in national royal uk british company "
        "group limited ltd plc inc holdings health water transport fibre science technology innovation education "
        "borough combined september january december business trade defence justice home research security ai "
        "partners industry programme through part team "
        "islands forest river union society foundation energy housing digital culture media sport media works skills "
        "power museum hospital library school academy railway rail bus airport port harbour bank building homes gas "
        "electric motors steel foods farms studios labs systems networks telecom airways airlines region regional "
        "district town parish"
    )
)

_COUNTRY_STEMS = {stem for code, name, _ in lexicon.places() if code in ("us", "eu") for stem in stems_of(name)}
_COUNTRY_STEMS |= set(stems_of("UK United Kingdom Britain British Britons England English America"))
_PLACE_STEMS = {stem for _, name, _ in lexicon.places() for stem in stems_of(name)}
_HOME = frozenset({"gb"})
"""Where a commitment is at home that names no place."""
_FAMOUS = {body.name for body in lexicon.bodies()}
_SUBJECT_WORDS = set(
    stems_of(
        "justice defence education health science technology innovation business trade security water transport fibre "
        "prison probation court army navy culture media sport energy housing environment food cyber museum hospital "
        "supercomputing research safety testers model ai forest tree"
    )
)
"""Words of owners' names that are also what the owner does."""


@dataclass
class Profile:
    """One commitment, prepared for comparing. Weights are before the rarity of words is known."""

    commitment: CommitmentText
    units: dict[str, float] = field(default_factory=dict)
    owners: frozenset[str] = frozenset()
    owed_by_company: bool = False
    companies: frozenset[str] = frozenset()
    speaks_of_ai: bool = False
    home: frozenset[str] = frozenset()
    anchors: frozenset[str] = frozenset()
    name_units: frozenset[str] = frozenset()
    numbers: frozenset[float] = frozenset()
    asides: frozenset[str] = frozenset()
    query: querying.Node | None = None


def bodies_of(commitments: Iterable[CommitmentText], known: Sequence[Body]) -> list[Body]:
    """Bodies that owe something and are not in the lexicon, with aliases made from their names."""
    names = {alias.name.casefold() for body in known for alias in body.aliases}
    found: dict[str, Body] = {}
    for commitment in commitments:
        for name in commitment.owed_by:
            if name.casefold() not in names:
                kind = "public" if _PUBLIC_WORDS.search(name) else "company"
                found[name] = Body(name, kind, "", (Alias(name), *_made_aliases(name)))
    return list(found.values())


def _made_aliases(name: str) -> Iterable[Alias]:
    """``Northmere Council`` is also *Northmere* (nearly) and *the council* (weakly)."""
    words = re.findall(r"[\w’'-]+", name)
    telling = [word for word in words if stem_of(word) not in _GENERIC_NAME_WORDS and word[0].isupper()]
    if 0 < len(telling) < len(words):
        yield Alias(" ".join(telling), 0.7)
    if len(words) > 1 and _PUBLIC_WORDS.fullmatch(words[-1]):
        yield Alias(words[-1].lower(), 0.4)


class Directory:
    """The bodies of a reader, found by name; what many commitments have in common is worked out once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._named: dict[str, list[Body]] = defaultdict(list)
        self._by_alias: dict[str, dict[str, None]] = defaultdict(dict)
        for body in reader.bodies:
            self._named[body.name].append(body)
            for alias in body.aliases:
                if alias.strength >= 1:
                    self._by_alias[alias.name.casefold()][body.name] = None
        self.read = cache(reader.read)
        self.owner_stems = cache(self._owner_stems)
        self.names_of = cache(self._names_of)

    def bodies(self, names: Iterable[str]) -> list[Body]:
        return [body for name in names for body in self._named.get(name, ())]

    def _names_of(self, owner: str) -> list[str]:
        """Names of the bodies that ``owner`` means: those with it as a strong name, or whose name it contains."""
        plain = owner.casefold()
        return list(self._by_alias.get(plain, ())) or [
            name for name in self._named if len(name) > 5 and name.casefold() in plain
        ]

    def _owner_stems(self, owners: frozenset[str]) -> frozenset[str]:
        """Stems that only say who owes it; they count as names and not as the subject."""
        aliases = [alias for body in self.bodies(owners) for alias in body.aliases]
        short = [alias.name for alias in aliases if alias.strength >= 0.7 and " " not in alias.name]
        return frozenset(stem for stem in stems_of(" ".join(short)) if stem not in _SUBJECT_WORDS)


def profile(commitment: CommitmentText, directory: Directory, *, with_query: bool) -> Profile:
    reader = directory.reader
    title = reader.read(commitment.title)
    description = reader.read(commitment.description)
    made = Profile(commitment)
    _add_owners(made, directory)
    _weigh(made, title, _TITLE)
    _weigh(made, description, _DESCRIPTION)
    sector = directory.read(commitment.sector)
    _weigh(made, sector, _SECTOR)
    for term in commitment.terms:
        _weigh(made, reader.read(term), _DESCRIPTION)
    if with_query and commitment.query:
        _add_query(made, reader)
    own = (title, description, sector, reader.read(commitment.query if with_query else ""))
    made.asides = frozenset(group for part in own for group in part.asides)
    made.speaks_of_ai = bool({"c:ai", "c:language model"} & set(made.units)) or "OpenAI" in made.owners
    places = {code for part in (title, description) for code, weight in part.places.items() if weight > 0.4}
    made.home = frozenset(places - {"abroad", "us"} or places) or _HOME
    made.anchors = _anchors(title, description, directory.read("; ".join(commitment.owed_by)))
    made.name_units = (made.anchors - _PLACE_STEMS) | directory.owner_stems(made.owners)
    made.numbers = frozenset(number for number in title.numbers | description.numbers if _telling(number))
    return made


def _add_owners(made: Profile, directory: Directory) -> None:
    owed_by = made.commitment.owed_by
    owners = {found for name in owed_by for found in directory.names_of(name)}
    made.owners = frozenset(owners | set(owed_by))
    kinds = {body.name: body.kind for body in directory.bodies(owners)}
    made.owed_by_company = set(kinds.values()) == {"company"}
    made.companies = frozenset(name for name, kind in kinds.items() if kind == "company")


def _telling(number: float) -> bool:
    """Whether a number says something by itself: no year, nothing that a text holds by chance."""
    return number > 12 and not 1990 <= number <= 2060


def _weigh(made: Profile, reading: Reading, weight: float) -> None:
    for unit in reading.units:
        value = weight * (_GROUP * min(1.0, reading.units[unit]) if unit.startswith("c:") else 1.0)
        made.units[unit] = max(made.units.get(unit, 0.0), value)


def _add_query(made: Profile, reader: Reader) -> None:
    try:
        made.query = querying.parse(made.commitment.query)
    except querying.QueryError:
        return
    for term in querying.terms_of(made.query):
        _weigh(made, reader.read(term.text), _QUERY)


def _anchors(title: Reading, description: Reading, owners: Reading) -> frozenset[str]:
    """Stems of the commitment's own proper names: places and things, not its owners' common words."""
    named = set(description.names) | set(title.names)
    counts = Counter(stem for part in (title, description, owners) for stem in part.names | _first_capital(part))
    named |= {stem for stem, count in counts.items() if count > 1}
    owned = {stem for body in owners.bodies if body in _FAMOUS for stem in stems_of(body)}
    return frozenset(stem for stem in named - owned if stem not in _GENERIC_NAME_WORDS and stem not in _COUNTRY_STEMS)


def _first_capital(reading: Reading) -> set[str]:
    return {reading.words[0].stem} if len(reading.words) > 1 and reading.title[:1].isupper() else set()
