"""One entry of a transcript as rows of text: pure functions, without a widget."""
