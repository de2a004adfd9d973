"""Draws only what a frame shows: the rows that changed, and nothing that stands behind them."""

from __future__ import annotations

from collections.abc import Iterable

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip


class NarrowCompositor(Compositor):
    """Leaves out of a partial update what nobody sees of it.

    Textual 8.2.8 asks every widget for all of its rows in each frame, also those beside the parts that
    changed and those behind them: two thirds of the time of a frame that shows one more message. By private
    names, of which the tests say so when they change.
    """

    def __init__(self) -> None:
        super().__init__()
        self._changed: list[Region] = []

    def render_partial_update(self) -> ChopsUpdate | None:
        """The update, drawn from the parts of the screen that changed and no others."""
        self._changed = list(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changed = []

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """The widgets' rows from front to back, each with its region and the part of it that may be drawn."""
        if crop is None:
            yield from super()._get_renders(crop)
            return
        left = self._changed or [crop]
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            for part in left:
                # Whole rows: where they are cut is settled, and does not follow the part that changed.
                rows = shown.intersection(Region(shown.x, part.y, shown.width, part.height))
                if rows and shown.overlaps(part):
                    yield region, rows, widget.render_lines(rows.translate(-region.offset))
            # No cell is transparent: what is behind cannot be seen.
            left = [part for part in left if not shown.contains_region(part)]
            if not left:
                return
