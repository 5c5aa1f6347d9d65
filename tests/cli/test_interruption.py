"""Ctrl-C and SIGTERM: the first asks a training to stop, the second stops it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from painterkit.cli.interruption import SIGNALS, Interruption, signals_held_back


@pytest.fixture(autouse=True)
def usual_handlers() -> Iterator[None]:
    """Have the signals raise KeyboardInterrupt, as at a program's start, whoever started it."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("first", SIGNALS)
@pytest.mark.parametrize("second", SIGNALS)
def test_the_first_asks_and_the_second_stops(first: signal.Signals, second: signal.Signals) -> None:
    announced: list[str] = []
    with Interruption(lambda: announced.append("stop")) as interruption:
        assert not interruption.stopping()
        send(first)
        assert interruption.stopping()
        with pytest.raises(KeyboardInterrupt):
            send(second)
    assert announced == ["stop"]


def test_before_the_first_step_one_is_enough() -> None:
    with Interruption(lambda: None), pytest.raises(KeyboardInterrupt):
        send(signal.SIGTERM)


def test_what_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interruption(lambda: None) as interruption:
        interruption.stopping()
        send(signal.SIGINT)
        assert not interruption.stopping()


def test_the_handlers_before_come_back() -> None:
    with Interruption(lambda: None):
        assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("number", SIGNALS)
def test_signals_that_are_held_back_come_afterwards(number: signal.Signals) -> None:
    done: list[str] = []

    def work() -> None:
        with signals_held_back():
            send(number)
            done.append("the rest")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["the rest"]
    with pytest.raises(KeyboardInterrupt):
        send(number)
