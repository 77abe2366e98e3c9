"""The frames written and read by hand, with pamqp as the oracle."""

import pamqp.frame
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pamqp import commands
from pamqp.body import ContentBody
from pamqp.header import ContentHeader

from harmonic_chassis.transport import frames

words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60)
names = st.from_regex(r"[a-zA-Z0-9_.:-]{0,60}", fullmatch=True)
numbers = st.integers(1, 2**62)


@given(exchange=names, key=words, mandatory=st.booleans())
def test_publish_says_what_pamqp_would(exchange: str, key: str, mandatory: bool) -> None:
    """The octets are the same."""
    method = commands.Basic.Publish(exchange=exchange, routing_key=key, mandatory=mandatory)
    assert frames.publish_method(3, exchange, key, mandatory=mandatory) == pamqp.frame.marshal(method, 3)


@given(tag=numbers, flag=st.booleans())
def test_acknowledgements_say_what_pamqp_would(tag: int, flag: bool) -> None:
    """Ack and reject are the same octets."""
    assert frames.ack(1, tag, multiple=flag) == pamqp.frame.marshal(commands.Basic.Ack(tag, flag), 1)
    assert frames.reject(1, tag, requeue=flag) == pamqp.frame.marshal(commands.Basic.Reject(tag, flag), 1)


@given(source=words, number=numbers, message_id=words, type_=words, size=st.integers(0, 2**40))
def test_pamqp_reads_our_content_header(source: str, number: int, message_id: str, type_: str, size: int) -> None:
    """Properties and headers come back as they were."""
    octets = frames.event_header(
        1,
        size,
        content_type=frames.short("text/plain"),
        source=source,
        number=number,
        message_id=message_id,
        type_=frames.short(type_),
    )
    header = pamqp.frame.unmarshal(octets)[2]
    assert isinstance(header, ContentHeader)
    known = header.properties
    assert (header.body_size, known.delivery_mode, known.content_type) == (size, 2, "text/plain")
    assert (known.message_id or "", known.message_type or "") == (message_id, type_)
    assert known.headers == {"cloudEvents:source": source, "number": number}


@given(tag=words, delivery=numbers, exchange=names, key=words, redelivered=st.booleans())
def test_a_delivery_is_read_as_pamqp_wrote_it(
    tag: str, delivery: int, exchange: str, key: str, redelivered: bool
) -> None:
    """Consumer tag, delivery tag and routing key."""
    method = commands.Basic.Deliver(tag, delivery, redelivered, exchange, key)
    payload = pamqp.frame.marshal(method, 1)[7:-1]
    assert frames.read_deliver(payload) == (tag, delivery, key)


@given(tag=numbers, multiple=st.booleans())
def test_a_confirm_is_read_as_pamqp_wrote_it(tag: int, multiple: bool) -> None:
    """Tag and multiple, of ack and nack alike."""
    for method in (commands.Basic.Ack(tag, multiple), commands.Basic.Nack(tag, multiple, False)):
        assert frames.read_confirm(pamqp.frame.marshal(method, 1)[7:-1]) == (tag, multiple)


@given(body=st.binary(max_size=300), most=st.integers(20, 100))
def test_a_body_comes_back_out_of_its_frames(body: bytes, most: int) -> None:
    """However many frames it takes, none is larger than the broker allows."""
    octets, parts = frames.bodies(1, body, most), b""
    while octets:
        used, _, part = pamqp.frame.unmarshal(octets)
        assert isinstance(part, ContentBody)
        assert used <= most
        parts += part.value
        octets = octets[used:]
    assert parts == body


def test_too_long_a_word_is_refused() -> None:
    """AMQP's short strings end at 255 octets."""
    with pytest.raises(ValueError, match="255"):
        frames.short("x" * 256)
