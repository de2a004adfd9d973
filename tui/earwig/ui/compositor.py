"""Draws only what a frame shows: the widgets in the part of the screen that changed, and none below those."""

from __future__ import annotations

from collections.abc import Iterable

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class NarrowCompositor(Compositor):
    """Leaves out of a partial update what nobody sees of it.

    Textual 8.2.8 asks every widget for all of its rows in each frame, also those beside the part that changed
    and those behind it: two thirds of the time of a frame that shows one more message. By private names, of
    which the tests say so when they change.
    """

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        """The widgets' rows from front to back, each with its region and the part of it that may be drawn."""
        if crop is None:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            # Whole rows: where they are cut is settled, and does not follow the part that changed.
            rows = shown.intersection(Region(shown.x, crop.y, shown.width, crop.height))
            if not rows or not shown.overlaps(crop):
                continue
            yield region, rows, widget.render_lines(rows.translate(-region.offset))
            if rows.contains_region(crop):
                return  # no cell is transparent: what is behind cannot be seen
