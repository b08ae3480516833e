"""Framing: messages arrive whole, and a truncated one counts as the end of the pipe."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2viz.experiment import Experiment
from l2viz.trainer.messages import Ended, Ready, Stop, Train, receive, send

messages = st.one_of(
    st.builds(Stop, st.text()),
    st.builds(Ready),
    st.builds(
        Train,
        st.text(),
        st.builds(Experiment, seed=st.integers(0, 2**31 - 1)),
        st.lists(st.integers(0, 9)).map(tuple),
    ),
    st.builds(
        Ended, st.text(), st.just("failed"), st.text(), st.just(()), st.integers(min_value=0)
    ),
)


@given(st.lists(messages))
def test_messages_arrive_as_sent_and_in_order(sent: list[object]) -> None:
    stream = io.BytesIO()
    for message in sent:
        send(stream, message)
    stream.seek(0)
    assert [receive(stream) for _ in sent] == sent
    with pytest.raises(EOFError, match=r"^the other process closed the pipe$"):
        receive(stream)


@given(messages, st.data())
def test_a_message_cut_anywhere_is_the_end(message: object, data: st.DataObject) -> None:
    stream = io.BytesIO()
    send(stream, message)
    whole = stream.getvalue()
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(EOFError):
        receive(io.BytesIO(whole[:cut]))
