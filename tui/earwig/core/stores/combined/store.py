"""Several stores as one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from earwig.core.model.session import Session, SessionId, grouped, in_order
from earwig.core.model.unlisted import Unlisted
from earwig.core.named_tuple import NamedTuple
from earwig.core.stores.store import (
    Additions,
    Listings,
    Recipe,
    Searcher,
    Store,
    Take,
    Watcher,
    WatchOptions,
)

if TYPE_CHECKING:
    from earwig.core.model.about import About
    from earwig.core.query.control import SearchControl
    from earwig.core.query.found import FlatSessions, Found, Stop
    from earwig.core.query.ready_query import ReadyQuery
    from earwig.core.stores.combined.merging import Merged, Merging
    from earwig.core.stores.protocols import Transcript

KIND = "combined"
_DETAIL = itemgetter(Session._fields.index("detail"))

IF_THERE = "if there"
"""In place of a part's kind: the part is left out, and not loaded, until one of its places is there."""


def if_there(recipe: Recipe) -> Recipe:
    """Return the recipe of a part that need not be there."""
    return Recipe(IF_THERE, parts=(recipe,))


class StoreKind(NamedTuple):
    """What is known of a kind of store without loading it."""

    make: Callable[[Recipe], Store]
    of_files: bool
    """Whether its sessions are files of lines."""

    made_of: Callable[[Recipe, Session], SessionId | None] | None = None
    """The id of what an import makes of a file in a store of this recipe; None where it makes nothing."""


class CombinedStore:
    """The sessions of several stores, each conversation once."""

    def __init__(self, recipe: Recipe, kinds: Callable[[str], StoreKind]) -> None:
        """Begin with a recipe that has parts; `kinds` gives the kind of each."""
        self.recipe = recipe
        self._kinds = kinds
        self._parts = [Part(part, kinds) for part in recipe.parts]
        self._lock = threading.RLock()  # what is merged is compared, and so opened
        self._merging: Merging | None = None
        self.last_merged: Merged | None = None
        """What came of the last listing; None where nothing had to be merged."""

    @property
    def stores(self) -> list[Store]:
        """The parts that are there."""
        return [part.store for part in self._parts if part.is_there()]

    @property
    def parts(self) -> Sequence[Part]:
        """All parts, whether or not they are there."""
        return self._parts

    def compare(self, sessions: Sequence[Session], *, trusting: bool = False) -> Merged:
        """Return which sessions are the same, without keeping that as the last listing."""
        with self._lock:
            return self.merging.merged(sessions, trusting=trusting)

    @property
    def places(self) -> Sequence[Path]:
        return [*dict.fromkeys(path for store in self.stores for path in store.places)]

    @property
    def bots_folders(self) -> Sequence[Path]:
        return [*dict.fromkeys(path for part in self._parts for path in part.folders)]

    @property
    def groups(self) -> frozenset[str]:
        return frozenset(map(str, self.bots_folders))

    def sessions(self, unlisted: list[Unlisted] | None = None) -> list[Session]:
        """Return all sessions, newest activity first; the same conversation in two places is one."""
        return in_order(self.merged(self._all(unlisted)))

    def in_any_order(self, unlisted: list[Unlisted] | None = None) -> Iterator[Session]:
        """As `sessions`, as they are found; where the bot has put some away, those come last.

        What it has put away is taken for the same as what it goes on with under its key: the watcher compares
        them, and tells of those that are not.
        """
        stores = self.stores
        if all(part.of_files for part in self._parts if part.is_there()):
            plain: list[Session] = []
            apart: list[Session] = []
            for session in _listed(stores, unlisted):
                if session.detail is None:
                    plain.append(session)
                    yield session
                else:
                    apart.append(session)
            if apart:
                known = {session.id for session in plain}
                # One that is in an archive too says so from here on, and so comes twice.
                merged = self.merged([*plain, *apart], trusting=True)
                yield from (it for it in merged if it.detail is not None or it.id not in known)
            return
        yield from self.merged(list(_listed(stores, unlisted)), trusting=True)

    def _all(self, unlisted: list[Unlisted] | None) -> list[Session]:
        """Return what the parts list, as they list it; each once, where they are to be compared."""
        found = list(_listed(self.stores, unlisted))
        return [*{it.id: it for it in found}.values()] if any(map(_DETAIL, found)) else found

    def merged(self, sessions: Sequence[Session], *, trusting: bool = False) -> Sequence[Session]:
        """Return those of all sessions that are listed, each as it is listed."""
        if not any(map(_DETAIL, sessions)):
            return sessions
        with self._lock:
            self.last_merged = self.merging.merged(sessions, trusting=trusting)
            return self.last_merged.listed(sessions)

    @property
    def merging(self) -> Merging:
        if self._merging is None:
            from earwig.core.stores.combined.merging import Merging

            self._merging = Merging(self.open)
        return self._merging

    def look(self, session_id: SessionId) -> Session | None:
        for store in self.stores:
            session = store.look(session_id)
            if session is not None:
                return session if self.last_merged is None else self.last_merged.dressed(session)
        return None

    def find(self, name: str) -> Sequence[Session]:
        """Return the session with this id; then those with this key, what the bot goes on with first."""
        found = self._find(name, self.stores)
        if not found and "#" in name:
            # The id of a session in a database elsewhere: none need be here.
            found = self._find(name, [part.store for part in self._parts])
        exact = [found.pop(SessionId(name))] if name in found else []
        sessions = sorted(found.values(), key=_likelihood)
        if len(sessions) > 1:
            with self._lock:
                sessions = self.merging.merged(sessions).listed(sessions)
        return [*exact, *sessions]

    def _find(self, name: str, stores: Iterable[Store]) -> dict[SessionId, Session]:
        return {session.id: session for store in stores for session in store.find(name)}

    def about(self, session: Session) -> About:
        return self._part_of(session).about(session)

    def elsewhere(self, session: Session) -> Sequence[Session]:
        """Return the sessions that an import has made rows of, and copies in the archive."""
        if session.detail is None and all(part.of_files for part in self._parts if part.is_there()):
            return ()
        from earwig.core.stores.combined.as_stored import file_key, undressed

        names = dict.fromkeys((session.key, file_key(session)))
        found = {it.id: it for name in names for it in self._find(name, self.stores).values()}
        found[session.id] = undressed(self.look(session.id) or session)
        with self._lock:
            return self.merging.merged([*found.values()]).elsewhere(session.id)

    def open(self, session: Session) -> Transcript:
        return self._part_of(session).open(session)

    def _part_of(self, session: Session) -> Store:
        """Return a part of the session's kind: it opens any of that kind."""
        return next(part for part in self._parts if part.of_files == session.is_file).store

    def remarks(self, session: Session) -> Sequence[str]:
        return self._part_of(session).remarks(session)

    def only(self, sessions: Iterable[Session]) -> Store:
        by_kind: dict[bool, list[Session]] = {}
        for session in sessions:
            by_kind.setdefault(session.is_file, []).append(session)
        chosen = [self._part_of(some[0]).only(some) for some in by_kind.values()]
        recipes = [store.recipe for store in chosen]
        recipes += self._made_of([it for it in by_kind.get(True, ()) if it.detail is None])
        if len(recipes) == 1:
            return chosen[0]
        return CombinedStore(Recipe(KIND, parts=tuple(recipes)), self._kinds)

    def _made_of(self, files: Sequence[Session]) -> Iterator[Recipe]:
        """Yield what imports would make of files; under a key that is taken, there is another history."""
        for part in self._parts if files else ():
            ids = [it for it in part.made_of(files) if self.look(it) is None]
            if ids:
                yield if_there(part.recipe._replace(files=tuple(ids)))

    def watcher(self, watch: WatchOptions) -> Watcher:
        from earwig.core.stores.combined.watching import CombinedWatcher

        return CombinedWatcher(self, watch)

    def searcher(self, ready: ReadyQuery, control: SearchControl, *, one_is_enough: bool = False) -> Searcher:
        kinds = {part.of_files: part for part in self._parts if part.is_there()}
        made = {
            of_files: part.store.searcher(ready, control, one_is_enough=one_is_enough)
            for of_files, part in kinds.items()
        }
        return next(iter(made.values())) if len(made) == 1 else _CombinedSearch(made)

    def read_together(self, sessions: Sequence[Session], take: Take) -> Iterator[None] | None:
        by_kind = [[it for it in sessions if it.is_file is of_files] for of_files in (True, False)]
        ways = [self._part_of(some[0]).read_together(some, take) for some in by_kind if some]
        passes = [it for it in ways if it is not None]
        return chain.from_iterable(passes) if passes else None

    def additions(self) -> Additions:
        return _AllAdditions(self, [store.additions() for store in self.stores])

    def foremost(self) -> Sequence[Session]:
        """As `Store`: where no other part has any session."""
        stores = self.stores
        for store in stores:
            if found := store.foremost():
                are_all = not any(any(True for _ in it.in_any_order()) for it in stores if it is not store)
                return found if are_all else ()
        return ()

    def listing(self) -> Listings | None:
        stores = self.stores
        for store in stores:
            under_way = store.listing()
            if under_way is not None:
                return self._listings(under_way, [it for it in stores if it is not store])
        return None

    def _listings(self, under_way: Listings, apart: Sequence[Store]) -> Listings:
        others = list(_listed(apart, None))
        for sessions, newest in under_way:
            if others or any(map(_DETAIL, sessions)):
                sessions = in_order(self.merged([*sessions, *others], trusting=True))  # noqa: PLW2901
            yield sessions, newest


class Part:
    """One of the stores, which is made when it is first asked for."""

    def __init__(self, recipe: Recipe, kinds: Callable[[str], StoreKind]) -> None:
        self._inner = recipe.parts[0] if recipe.kind == IF_THERE else recipe
        self._kind = kinds(self._inner.kind)
        self._store: Store | None = None
        self._was_there = recipe.kind != IF_THERE

    @property
    def of_files(self) -> bool:
        """Whether its sessions are files of lines."""
        return self._kind.of_files

    @property
    def recipe(self) -> Recipe:
        """What it is made of, once it is there."""
        return self._inner

    def made_of(self, files: Iterable[Session]) -> Iterator[SessionId]:
        """Return the ids of what imports make of files in this part."""
        made_of = self._kind.made_of
        found = () if made_of is None else (made_of(self._inner, file) for file in files)
        return (session_id for session_id in found if session_id is not None)

    @property
    def folders(self) -> Iterator[Path]:
        """The bot's folders in which its sessions are."""
        places = map(Path, self._inner.places)
        yield from places if self.of_files else (path.parent for path in places)
        if self.of_files:
            yield from (Path(path).parent for path in self._inner.files)

    def holds(self, session: Session) -> bool:
        """Return whether a session that was listed is of this part."""
        return session.is_file == self.of_files and grouped(session.id)[0] in self.store.groups

    def is_there(self) -> bool:
        """Return whether anything of it is there, or was once."""
        if not self._was_there:
            self._was_there = any(_exists(path) for path in self._inner.places)
        return self._was_there

    @property
    def store(self) -> Store:
        if self._store is None:
            self._store = self._kind.make(self._inner)
        return self._store


class _AllAdditions:
    """Tells what has come to any of several stores."""

    def __init__(self, store: CombinedStore, parts: Sequence[Additions]) -> None:
        self._store, self._parts = store, parts

    def begin(self, known: Iterable[SessionId]) -> None:
        merged = self._store.last_merged
        # What is another one that is listed has not come since, either.
        known = frozenset(known) if merged is None else frozenset((*known, *merged.hidden))
        for part in self._parts:
            part.begin(known)

    def ids(self) -> Iterable[SessionId]:
        for part in self._parts:
            yield from part.ids()


class _CombinedSearch:
    """Looks through sessions of several kinds of stores."""

    def __init__(self, searchers: Mapping[bool, Searcher]) -> None:
        """`searchers` by whether they look through files."""
        self._searchers = searchers

    def begin(self) -> None:
        for searcher in self._searchers.values():
            searcher.begin()

    def look_through(self, sessions: Sequence[Session], flat: FlatSessions) -> Generator[Found]:
        runs = [(of_files, list(some)) for of_files, some in groupby(sessions, lambda it: it.is_file)]
        for of_files, some in runs:
            own = flat if len(runs) == 1 else type(flat).of(some)
            yield from self._searchers[of_files].look_through(some, own)

    def look(self, session: Session, start: Stop) -> Iterator[Found]:
        return self._searchers[session.is_file].look(session, start)


def _listed(stores: Iterable[Store], unlisted: list[Unlisted] | None) -> Iterator[Session]:
    told: dict[str, Unlisted] = {}
    for store in stores:
        own: list[Unlisted] = []
        yield from store.in_any_order(own)
        for it in own:
            told.setdefault(it.folder, it)
    if unlisted is not None:
        unlisted += told.values()


def _likelihood(session: Session) -> tuple[bool, int, SessionId]:
    return (session.is_put_away, -session.activity_ns, session.id)


def _exists(path: str) -> bool:
    try:
        Path(path).lstat()
    except (OSError, ValueError):
        return False
    return True
