"""The AsyncAPI 3.0 document of the event path, derived from the registry.

Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from typing import Any

from harmonic_contracts import registry
from harmonic_contracts.envelope import CONTENT_TYPE, Envelope
from harmonic_contracts.schemas import message_schema

Document = dict[str, Any]


def document(version: str) -> Document:
    """The whole document: a channel, a message and an operation for each declared message type."""
    messages = registry.all_messages()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Harmonic Universe events and commands",
            "version": version,
            "description": "CloudEvents 1.0 structured JSON on the topic exchange `harmonic.events`; "
            "the type is the routing key.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {message.name: _channel(message) for message in messages},
        "operations": {f"{_verb(message)}-{message.name}": _operation(message) for message in messages},
        "components": {
            "messages": {message.name: _message(message) for message in messages},
            "schemas": {"Envelope": _local(Envelope.model_json_schema())},
        },
    }


def _verb(message: registry.MessageType) -> str:
    return "publish" if message.kind == "event" else "obey"


def _channel(message: registry.MessageType) -> Document:
    return {
        "address": message.name,
        "description": message.summary,
        "messages": {message.name: {"$ref": f"#/components/messages/{message.name}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": "harmonic.events", "type": "topic"}}},
    }


def _operation(message: registry.MessageType) -> Document:
    return {
        "action": "send" if message.kind == "event" else "receive",
        "channel": {"$ref": f"#/channels/{message.name}"},
        "summary": f"{message.service}: {message.summary}",
        "tags": [{"name": message.service}],
    }


def _message(message: registry.MessageType) -> Document:
    return {
        "name": message.name,
        "title": message.summary,
        "contentType": CONTENT_TYPE,
        "x-subject": message.subject,
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/Envelope"},
                {"type": "object", "properties": {"data": _local(message_schema(message))}},
            ]
        },
    }


def _local(schema: Document) -> Document:
    """The schema with its ``$defs`` written in place, since pointers into the document would move."""
    definitions = schema.get("$defs", {})

    def inline(node: Any) -> Any:
        if isinstance(node, list):
            return [inline(item) for item in node]
        if not isinstance(node, dict):
            return node
        if str(node.get("$ref", "")).startswith("#/$defs/"):
            target = definitions[node["$ref"].removeprefix("#/$defs/")]
            return inline({**target, **{key: value for key, value in node.items() if key != "$ref"}})
        return {key: inline(value) for key, value in node.items() if key not in {"$defs", "$schema"}}

    return dict(inline(schema))
