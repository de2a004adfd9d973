"""What sessions are called in rows that have room for a part of a name: no two of them look alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from earwig.core.model.session import Session, SessionId
from earwig.core.model.titles import Title
from earwig.core.named_tuple import NamedTuple
from earwig.core.text.safe_text import SafeText, clean_line, joined, own_text, safe_name
from earwig.ui.rendering.cells import fit, fit_ends, width_of

_BLANK = "␣"


class Label(NamedTuple):
    """What stands in a session's row for its name."""

    name: SafeText
    at: int = -1
    """The character that must be shown, because it tells this name from another one; -1: none must."""


def label_of(title: Title) -> Label:
    """Return a name in which nothing can be taken for the channel or the age that stand at its right."""
    name = title.name
    if " " not in name or (title.channel and "  " not in name):
        return Label(name)
    return Label(clean_line(name.replace(_BLANK, r"\u2423").replace(" ", _BLANK)))


def distinct_labels(
    sessions: Sequence[tuple[Session, Title]], drawn: Callable[[Session, Title, Label], str]
) -> Mapping[SessionId, Label]:
    """Labels by id; `drawn` gives what a reader would see of a row with one."""
    labels = {session.id: label_of(title) for session, title in sessions}
    for clearer in (_with_folder, _by_difference, _numbered):
        alike = _alike(sessions, labels, drawn)
        if not alike:
            break
        for group in alike:
            labels |= clearer(group, labels)
    return labels


def cut_name(label: Label, width: int) -> str:
    """As much of a name as there is room for: its ends, or its beginning and what tells it from another."""
    name, at = label
    if width_of(name) <= width:
        return name
    ends = fit_ends(name, width)
    if at < 0 or width < 8:
        return ends
    head = fit(name, max(2, width // 4))
    room = width - width_of(head)
    start = max(width_of(head), at - 1)
    rest = name[start:]
    if width_of(rest) < room:
        return head + fit_ends(name, width)[-room:] if len(ends) == width else ends
    return head + fit(rest, room)


def _alike(
    sessions: Sequence[tuple[Session, Title]],
    labels: Mapping[SessionId, Label],
    drawn: Callable[[Session, Title, Label], str],
) -> list[list[Session]]:
    seen: dict[str, list[Session]] = {}
    for session, title in sessions:
        seen.setdefault(drawn(session, title, labels[session.id]), []).append(session)
    return [group for group in seen.values() if len(group) > 1]


def _with_folder(group: Sequence[Session], labels: Mapping[SessionId, Label]) -> dict[SessionId, Label]:
    """Equal names are in different stores, or folders, or both; no name has a `/` in it."""
    found: dict[SessionId, Label] = {}
    for session in group:
        name = labels[session.id].name
        beside = [it for it in group if labels[it.id].name == name and it is not session]
        if not beside:
            continue
        folders = [safe_name(part) for part in session.path.parent.parts[-2:] if part != "/"]
        store = [safe_name(session.store)]
        if all(it.store != session.store for it in beside):
            before = store
        elif all(it.path.parent != session.path.parent for it in beside):
            before = folders
        else:
            before = folders + store
        found[session.id] = Label(joined(own_text("/"), [*before, name]))
    return found


def _by_difference(group: Sequence[Session], labels: Mapping[SessionId, Label]) -> dict[SessionId, Label]:
    """Long names are told apart where they differ from the ones next to them in the alphabet."""
    order = sorted(group, key=lambda session: labels[session.id].name)
    names = [labels[session.id].name for session in order]
    found: dict[SessionId, Label] = {}
    for at, session in enumerate(order):
        beside = [names[near] for near in (at - 1, at + 1) if 0 <= near < len(names)]
        found[session.id] = Label(names[at], max(_common(names[at], other) for other in beside))
    return found


def _numbered(group: Sequence[Session], labels: Mapping[SessionId, Label]) -> dict[SessionId, Label]:
    """Return what is left: names with more than one difference, each cut away in another's row."""
    found: dict[SessionId, Label] = {}
    for number, session_id in enumerate(sorted(session.id for session in group), 1):
        before = own_text("{}/", number)
        name, at = labels[session_id]
        found[session_id] = Label(joined(own_text(""), [before, name]), at + len(before))
    return found


def _common(first: str, second: str) -> int:
    """Return how many characters two names begin with alike."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(first), len(second)))
