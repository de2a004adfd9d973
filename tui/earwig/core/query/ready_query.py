"""A query made ready to be looked for: the same for all sessions and all kinds of stores."""

from __future__ import annotations

from functools import cached_property

from earwig.core.find.line_scan import LineScan, line_scan
from earwig.core.find.required_text import RequiredText
from earwig.core.query.search_query import SearchQuery


class ReadyQuery:
    """What is worked out of a query once, also for the copies that are made of this process afterwards."""

    def __init__(self, query: SearchQuery) -> None:
        """Raises `BadPattern`; `ValueError` for no text."""
        self.query = query
        self.matcher = query.matcher()

    @cached_property
    def lines(self) -> LineScan:
        """What finds, in lines of JSON, those that may match; its library loads with the first one."""
        return line_scan(self.query.byte_pattern())

    @cached_property
    def required(self) -> RequiredText | None:
        """What each content must hold in which it is found; None where nothing is known."""
        return self.query.required_text()
