"""The AMQP 0.9.1 frames that every message costs, written and read by hand; pamqp does the rest.

Source: https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, sections 2.3.5 (frames) and 4.2 (grammar), and the
numbers of classes and methods in its reference.
"""

from struct import Struct
from typing import NamedTuple

METHOD, HEADER, BODY, HEARTBEAT, END = 1, 2, 3, 8, 0xCE
OVERHEAD = 8
"""Octets of a frame around its payload."""
FRAME = Struct(">BHI")
CLASS_METHOD = Struct(">HH")
DELIVER, RETURN, ACK, NACK = (60, 60), (60, 50), (60, 80), (60, 120)

_TAG = Struct(">Q")
_CONTENT = Struct(">HHQH")
_LONG = Struct(">I")
_NUMBER = Struct(">q")
_ACK = Struct(">BHIHHQBB")
_FLAGS = 0x8000 | 0x2000 | 0x1000 | 0x0080 | 0x0020  # content type, headers, delivery mode, message id, type
_PERSISTENT = b"\x02"
_MANDATORY = b"\x01"
_BEAT = FRAME.pack(HEARTBEAT, 0, 0) + bytes([END])


class Deliver(NamedTuple):
    """What a delivery says of its message."""

    consumer_tag: str
    delivery_tag: int
    routing_key: str


def short(text: str) -> bytes:
    """A short string. Raises ValueError above 255 octets."""
    octets = text.encode()
    if len(octets) > 255:
        raise ValueError(f"{text[:40]}... is longer than the 255 octets of a short string")
    return bytes([len(octets)]) + octets


def frame(kind: int, channel: int, payload: bytes) -> bytes:
    """One frame."""
    return FRAME.pack(kind, channel, len(payload)) + payload + bytes([END])


def heartbeat() -> bytes:
    """The frame that only shows life."""
    return _BEAT


def publish_method(channel: int, exchange: str, routing_key: str, *, mandatory: bool) -> bytes:
    """Basic.Publish; the same for every message of one type, so worth keeping."""
    bits = _MANDATORY if mandatory else b"\x00"
    return frame(METHOD, channel, CLASS_METHOD.pack(60, 40) + b"\x00\x00" + short(exchange) + short(routing_key) + bits)


def event_header(
    channel: int, size: int, *, content_type: bytes, source: str, number: int, message_id: str, type_: bytes
) -> bytes:
    """The content header of a persistent message; ``content_type`` and ``type_`` are short strings already."""
    origin = source.encode()
    table = b"\x12cloudEvents:sourceS" + _LONG.pack(len(origin)) + origin + b"\x06numberl" + _NUMBER.pack(number)
    properties = content_type + _LONG.pack(len(table)) + table + _PERSISTENT + short(message_id) + type_
    return frame(HEADER, channel, _CONTENT.pack(60, 0, size, _FLAGS) + properties)


def plain_header(channel: int, size: int) -> bytes:
    """The content header of a message without properties."""
    return frame(HEADER, channel, _CONTENT.pack(60, 0, size, 0))


def bodies(channel: int, body: bytes, frame_max: int) -> bytes:
    """The content, in as many frames as it needs."""
    most = frame_max - OVERHEAD
    if len(body) <= most:
        return frame(BODY, channel, body) if body else b""
    return b"".join(frame(BODY, channel, body[at : at + most]) for at in range(0, len(body), most))


def ack(channel: int, delivery_tag: int, *, multiple: bool) -> bytes:
    """Basic.Ack."""
    return _ACK.pack(METHOD, channel, 13, 60, 80, delivery_tag, multiple, END)


def reject(channel: int, delivery_tag: int, *, requeue: bool) -> bytes:
    """Basic.Reject."""
    return _ACK.pack(METHOD, channel, 13, 60, 90, delivery_tag, requeue, END)


def read_deliver(payload: bytes) -> Deliver:
    """Basic.Deliver: consumer tag, delivery tag, redelivered, exchange, routing key."""
    tag_ends = 5 + payload[4]
    exchange_at = tag_ends + 9
    key_at = exchange_at + 1 + payload[exchange_at]
    key = payload[key_at + 1 : key_at + 1 + payload[key_at]]
    return Deliver(payload[5:tag_ends].decode(), _TAG.unpack_from(payload, tag_ends)[0], key.decode())


def read_confirm(payload: bytes) -> tuple[int, bool]:
    """Basic.Ack or Basic.Nack of a publisher confirm: delivery tag, multiple."""
    return _TAG.unpack_from(payload, 4)[0], bool(payload[12] & 1)


def read_size(payload: bytes) -> int:
    """The size of the body that a content header announces, in octets."""
    size: int = _TAG.unpack_from(payload, 4)[0]
    return size
