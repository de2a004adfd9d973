"""What a message that declares its values is made of, and to whom it goes."""

from __future__ import annotations

from earwig.ui.widgets.data_message import DataMessage


class _Base(DataMessage, bubble=False):
    origin: str


class _Told(_Base):
    number: int
    words: str = "none"


def test_values_are_taken_in_their_order_or_by_name_and_a_default_stands_behind() -> None:
    told = _Told("here", number=3)
    assert (told.origin, told.number, told.words) == ("here", 3, "none")
    assert _Told("here", 3, "some").words == "some"


def test_two_messages_of_one_kind_have_values_of_their_own() -> None:
    first, second = _Told("here", 1), _Told("there", 2, "others")
    assert (first.number, first.words, second.number) == (1, "none", 2)


def test_a_message_goes_up_unless_its_class_says_otherwise() -> None:
    assert not _Base("here").bubble
    assert _Told("here", 1).bubble
    assert _Told.handler_name == "on__told"
