"""Which kinds of stores there are: the one place that names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from earwig.core.stores.jsonl import folder
from earwig.core.stores.location import Target
from earwig.core.stores.store import Recipe, Store

_MADE: Mapping[str, Callable[[Recipe], Store]] = MappingProxyType(
    {folder.KIND: folder.FolderStore.made},
)


def make_store(recipe: Recipe) -> Store:
    """Return the store that a recipe is of, in any process. Raises `KeyError` for an unknown kind."""
    return _MADE[recipe.kind](recipe)


def store_for(targets: Iterable[Target]) -> Store:
    """Return a store of what some paths mean."""
    targets = list(targets)
    folders = [path for target in targets for path in target.folders]
    return folder.FolderStore(folders, [path for target in targets for path in target.files])
