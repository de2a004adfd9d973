"""The kinds of stores. No other module names them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from earwig.core.model.session import Session, SessionId
from earwig.core.stores.combined import store as combined
from earwig.core.stores.jsonl import folder
from earwig.core.stores.location import PathTarget, databases_beside, databases_in
from earwig.core.stores.store import Recipe, Store

_SQLITE = "sqlite"


def make_store(recipe: Recipe) -> Store:
    """Return the store that a recipe describes, in any process. Raises `KeyError` for an unknown kind."""
    return _kind(recipe.kind).make(recipe)


def _kind(name: str) -> combined.StoreKind:
    """Raises `KeyError`."""
    if name == folder.KIND:
        return combined.StoreKind(folder.FolderStore.made, of_files=True)
    if name == combined.KIND:
        return combined.StoreKind(lambda recipe: combined.CombinedStore(recipe, _kind), of_files=False)
    if name == _SQLITE:
        return combined.StoreKind(_databases, of_files=False, made_of=_made_of)
    raise KeyError(name)


def _databases(recipe: Recipe) -> Store:
    # Only where there is a database: a folder of files is on the screen sooner without.
    from earwig.core.stores.sqlite.store import DatabaseStore

    return DatabaseStore.made(recipe)


def store_for(targets: Iterable[PathTarget]) -> Store:
    """Return a store of what some paths mean: for a sessions folder, of all that the bot keeps there."""
    targets = list(targets)
    folders = [path for target in targets for path in target.folders]
    files = [path for target in targets for path in target.files]
    named = [path for target in targets for path in target.databases]
    own = folder.FolderStore(folders, files)
    if not folders and not named:
        return own
    archives = [path / folder.ARCHIVE for path in folders if not folder.is_archive(str(path))]
    archived = folder.FolderStore([it for it in archives if it not in folders])
    beside = [it for path in folders for it in databases_beside(path)]
    put_away = [it for path in archives for it in databases_in(path)]
    parts = [
        *([own.recipe] if folders or files or not named else []),
        *([_of_databases(named)] if named else []),
        *map(combined.if_there, [archived.recipe] if archived.folders else []),
        *(combined.if_there(_of_databases(some)) for some in (beside, put_away) if some),
    ]
    return combined.CombinedStore(Recipe(combined.KIND, parts=tuple(parts)), _kind)


def _of_databases(paths: Sequence[Path]) -> Recipe:
    return Recipe(_SQLITE, tuple(str(path.absolute()) for path in paths))


def _made_of(recipe: Recipe, file: Session) -> SessionId | None:
    from earwig.core.stores.sqlite.store import imported_id

    return imported_id(recipe, file)
