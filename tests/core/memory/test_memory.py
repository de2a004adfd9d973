"""What the bot would still remember of a session, beside a model that loads all of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwig.core.memory import watch
from earwig.core.memory.limits import BotLimits
from earwig.core.memory.rules import Estimate, Excess, Limits, judge, tokens_of, weight_of
from earwig.core.memory.watch import BotMemory, estimate
from earwig.core.model.entries import LINE_LIMIT
from earwig.core.model.message import ChatMessage
from earwig.core.model.session import NEVER_SEEN, Session, SessionId
from earwig.core.stores.jsonl.transcript import FileTranscript
from earwig.core.system import opening
from earwig.core.text.safe_text import SafeText
from tests.core.bot_writer import BotWriter, line_of, lines_of
from tests.core.looks import small_blocks
from tests.core.reference import entries_of, file_bytes, physical_lines

ALL = (32_000, 50)


SESSION = Session(SessionId("/s/alice.jsonl"), 0, 0, NEVER_SEEN)


class Fixed(BotLimits):
    """The same for every bot."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits

    def of(self, session: Session) -> tuple[Limits, SafeText | None]:
        return self.limits, None


def naive(data: bytes, limits: Limits) -> Estimate:
    """The bot's own steps on all of its messages."""
    messages = [(entry.position, entry.item) for entry in entries_of(data)]
    history = [(offset, item) for offset, item in messages if isinstance(item, ChatMessage)]
    start = 1 if history and history[0][1].role == "system" else 0
    count = len(history) - start
    total = sum(-(-len(item.content.encode()) // 4) + 4 for _, item in history)
    if total <= limits.tokens and count <= limits.messages:
        return Estimate(limits, tokens=total, messages=count)
    newest = history[-(limits.messages + 1) :]
    over = sum(tokens_of(item.content) for _, item in newest) > limits.tokens
    excess = Excess.TOKENS if over else Excess.MESSAGES
    end = start + count - min(20, count)
    while end > start and history[end][1].role != "user":
        end -= 1
    if end <= start:
        return Estimate(limits, excess=excess)
    return Estimate(limits, excess=excess, kept=len(history) - end, kept_from=history[end][0])


def finish(memory: BotMemory) -> Estimate:
    """Look until nothing more is due."""
    for _ in range(10_000):
        if memory.step() and not memory.is_due():
            return memory.estimate
    raise AssertionError("the estimate never ends")


def talk(count: int, size: int = 10) -> list[tuple[str, str]]:
    return [("user" if at % 2 == 0 else "assistant", f"{at} " + "x" * size) for at in range(count)]


def estimated(path: Path, messages: Sequence[tuple[str, str]], limits: Limits | None = None) -> Estimate:
    path.write_bytes(lines_of(messages))
    return estimate(FileTranscript(path), SESSION, Fixed(limits or Limits()))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "alice.jsonl"


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sessions")
    return (folder / f"{number}.jsonl" for number in itertools.count())


class TestRules:
    @pytest.mark.parametrize(
        ("content", "tokens"),
        [("", 4), ("a", 5), ("abcd", 5), ("abcde", 6), ("über", 6), ("漢字", 6), ("🙂", 5)],
    )
    def test_a_token_is_four_bytes_begun_and_each_message_has_four_more(
        self, content: str, tokens: int
    ) -> None:
        assert tokens_of(content) == tokens

    def test_at_a_limit_nothing_is_compacted_and_over_it_all_but_the_newest(self, path: Path) -> None:
        assert estimated(path, talk(50)) == Estimate(Limits(), tokens=390, messages=50)
        over = estimated(path, talk(52))
        assert (over.excess, over.kept, over.tokens) == (Excess.MESSAGES, 20, None)
        assert path.read_bytes()[over.kept_from :].startswith(line_of("user", "32 xxxxxxxxxx"))
        exact = Limits(tokens=390)
        assert estimated(path, talk(50), exact).excess is None
        assert estimated(path, talk(50), Limits(tokens=389)).excess is Excess.TOKENS

    def test_what_is_kept_goes_back_to_a_users_message(self, path: Path) -> None:
        messages = [*talk(40), *[("assistant", "on and on")] * 30]
        assert estimated(path, messages).kept == 32
        assert estimated(path, [("user", "go"), *[("assistant", "on")] * 60]).kept is None
        two = [("assistant", "hello"), ("user", "go"), *[("assistant", "on")] * 60]
        assert estimated(path, two).kept == 61

    def test_twenty_huge_messages_are_over_the_limit_and_none_can_go(self, path: Path) -> None:
        assert estimated(path, talk(20, 10_000)) == Estimate(Limits(), excess=Excess.TOKENS)
        assert estimated(path, talk(22, 10_000)).kept == 20

    def test_a_leading_system_prompt_is_no_message_but_has_tokens(self, path: Path) -> None:
        prompt = ("system", "x" * 400)
        found = estimated(path, [prompt, *talk(50)])
        assert (found.messages, found.tokens) == (50, 390 + 104)
        assert estimated(path, [*talk(2), prompt, *talk(48)]).excess is Excess.MESSAGES

    def test_what_the_bot_skips_it_does_not_remember(self, path: Path) -> None:
        path.write_bytes(lines_of(talk(3)) + b"{torn\n\n" * 100 + line_of("user", "hi"))
        found = estimate(FileTranscript(path), SESSION, Fixed(Limits()))
        assert found == Estimate(Limits(), tokens=3 * 7 + 5, messages=4)
        path.write_bytes(b"")
        found = estimate(FileTranscript(path), SESSION, Fixed(Limits()))
        assert found == Estimate(Limits(), tokens=0, messages=0)

    @given(
        st.lists(st.tuples(st.sampled_from(["user", "assistant", "system"]), st.integers(0, 30)), max_size=70)
    )
    def test_what_is_certain_of_the_newest_is_true_of_all(self, drawn: list[tuple[str, int]]) -> None:
        data = lines_of((role, "x" * size) for role, size in drawn)
        limits = Limits(tokens=300, messages=25)
        lines = zip(physical_lines(data), drawn, strict=True)
        weights = [weight_of(line.offset, ChatMessage(role, "x" * size)) for line, (role, size) in lines]
        right = naive(data, limits)
        assert judge(weights, limits, whole=True) == right
        for count in range(1, len(weights)):
            found = judge(weights[-count:], limits, whole=False)
            assert not found.certain or found == right


messages = st.lists(
    st.tuples(st.sampled_from(["user", "assistant", "assistant", "tool", "system"]), st.integers(0, 40)),
    max_size=60,
).map(lambda drawn: lines_of((role, "x" * size) for role, size in drawn))
some_limits = st.builds(Limits, st.integers(0, 400), st.integers(0, 40))
changes = st.lists(
    st.one_of(
        st.tuples(st.just("append"), messages | file_bytes),
        st.tuples(st.just("rewrite"), messages | file_bytes),
        st.tuples(st.just("limits"), some_limits),
    ),
    max_size=6,
)


@settings(max_examples=200, deadline=None)
@given(messages | file_bytes, some_limits, changes, st.sampled_from([16, 64, 4096]))
def test_it_is_as_if_all_were_loaded_whatever_happens(
    paths: Iterator[Path],
    data: bytes,
    limits: Limits,
    happens: list[tuple[str, bytes | Limits]],
    step: int,
) -> None:
    path = next(paths)
    path.write_bytes(data)
    bot = Fixed(limits)
    with small_blocks(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch, "STEP", step)
        patch.setattr(watch, "_STEPS_ON", 4)
        memory = BotMemory(FileTranscript(path), SESSION, bot)
        assert memory.is_due()
        assert finish(memory) == naive(data, bot.limits)
        for what, value in happens:
            if isinstance(value, Limits):
                bot.limits = value
            elif what == "append":
                with path.open("ab") as file:
                    file.write(value)
                data += value
            else:
                path.write_bytes(value)
                data = value
            assert finish(memory) == naive(data, bot.limits)
    path.unlink()


class TestHugeSessions:
    @pytest.fixture
    def read(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """Sizes of all reads."""
        sizes: list[int] = []
        once = opening._read_once

        def counting(fd: int, size: int, offset: int) -> bytes:
            data: bytes = once(fd, size, offset)
            sizes.append(len(data))
            return data

        monkeypatch.setattr(opening, "_read_once", counting)
        return sizes

    def test_of_a_gigabyte_only_the_end_is_read(self, path: Path, read: list[int]) -> None:
        with path.open("wb") as file:
            file.truncate(1 << 30)
            file.seek(1 << 30)
            file.write(b"\n" + lines_of(talk(500, 600)))
        found = estimate(FileTranscript(path), SESSION, Fixed(Limits()))
        assert (found.excess, found.kept) == (Excess.MESSAGES, 20)
        assert sum(read) < 1_000_000

    def test_what_came_since_costs_what_came(self, path: Path, read: list[int]) -> None:
        path.write_bytes(lines_of(talk(100_000, 100)))
        memory = BotMemory(FileTranscript(path), SESSION, Fixed(Limits()))
        found = finish(memory)
        for at in range(20):
            BotWriter(path).append(f"message {at}")
            read.clear()
            found = finish(memory)
            assert found.kept is not None
            assert sum(read) < 400_000  # most of it is the proof that the past is the same
        assert found == naive(path.read_bytes(), Limits())
        assert len(memory._held) < 60

    @pytest.mark.parametrize("ending", [b"", b"\n"])
    def test_a_line_too_long_to_read_leaves_it_open(self, path: Path, read: list[int], ending: bytes) -> None:
        with path.open("wb") as file:
            file.truncate(1 << 30)
            file.seek(1 << 30)
            file.write(ending)
        assert not estimate(FileTranscript(path), SESSION, Fixed(Limits())).certain
        assert sum(read) < 40_000_000
        with path.open("ab") as file:
            file.write(lines_of(talk(30)))
        found = estimate(FileTranscript(path), SESSION, Fixed(Limits()))
        assert (found.certain, found.excess) == (False, None)
        with path.open("ab") as file:
            file.write(lines_of(talk(30)))
        found = estimate(FileTranscript(path), SESSION, Fixed(Limits()))
        assert (found.certain, found.kept) == (True, 20)

    def test_a_long_line_that_arrives_is_as_one_that_was_there(self, path: Path) -> None:
        path.write_bytes(lines_of(talk(60)))
        memory = BotMemory(FileTranscript(path), SESSION, Fixed(Limits()))
        assert finish(memory).kept == 20
        for data in (b"x" * (LINE_LIMIT + 3), b"\n", lines_of(talk(10)), lines_of(talk(60))):
            with path.open("ab") as file:
                file.write(data)
            assert finish(memory) == estimate(FileTranscript(path), SESSION, Fixed(Limits()))
        assert memory.estimate.kept == 20

    def test_a_long_last_line_that_is_still_being_written_is_no_end(self, path: Path) -> None:
        path.write_bytes(lines_of(talk(3)) + b'{"role":"user","content":"' + b"x" * (5 << 20))
        memory = BotMemory(FileTranscript(path), SESSION, Fixed(Limits()))
        assert finish(memory).messages == 3
        with path.open("ab") as file:
            file.write(b'"}')
        assert finish(memory).excess is Excess.TOKENS

    @pytest.mark.parametrize(("name", "value"), [("REACH", 20_000), ("HELD", 300)])
    def test_a_search_for_a_users_message_ends(
        self, path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: int
    ) -> None:
        monkeypatch.setattr(watch, name, value)
        monkeypatch.setattr(watch, "STEP", 1000)
        monkeypatch.setattr("earwig.core.stores.jsonl.line_reader._FIRST_SLICE", 1000)
        path.write_bytes(lines_of([*talk(30), *[("assistant", "x" * 20)] * 2000]))
        memory = BotMemory(FileTranscript(path), SESSION, Fixed(Limits()))
        for _ in range(3):
            found = finish(memory)
            assert (found.certain, found.excess, found.kept) == (False, Excess.MESSAGES, None)
            assert len(memory._held) < 600
            with path.open("ab") as file:
                file.write(lines_of([("assistant", "more")] * 200))
        BotWriter(path).append("go")
        with path.open("ab") as file:
            file.write(lines_of([("assistant", "done")] * 25))
        assert finish(memory).kept == 26
