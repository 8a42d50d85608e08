"""What the memory keeps. Times are in seconds since 1970."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """One talk from connect to disconnect; ``ended`` is None while it goes on, and after a crash."""

    id: int
    started: float
    ended: float | None
    title: str
    endpoint: str
    profile: str


@dataclass(frozen=True, slots=True)
class StoredItem:
    """One message of a conversation; ``heard_ms`` of ``total_ms`` were played where it was cut short."""

    conversation: int
    position: int
    item_id: str
    role: str
    speaker: str
    text: str
    heard_ms: int | None
    total_ms: int | None
    at: float
    pinned: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was told; ``conversation`` and ``item_id`` say where, if that is still known.

    ``subject`` is whom or what it is about ("Ada", "dog"), ``speaker`` who said it, ``used`` when it last helped.
    """

    id: int
    subject: str
    text: str
    speaker: str
    conversation: int | None
    item_id: str | None
    created: float
    updated: float
    used: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands for a run of items in the model's context, and what that saved."""

    id: int
    conversation: int
    text: str
    first_item: str
    last_item: str
    tokens_before: int
    tokens_after: int
    at: float
