"""Spans to a receiver of OpenTelemetry, over OTLP/HTTP. It needs the extra ``otel``: import it only where it is wanted.

Where, with which headers and how patiently, is read from the usual variables (``OTEL_EXPORTER_OTLP_*``) by the exporter
itself.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from hashlib import sha256
from threading import Thread

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from voice_tui import __version__
from voice_tui.telemetry.mapping import Span

LONGEST_QUEUE = 1 << 15  # spans: an evening's recording
KINDS = {"realtime_inference": SpanKind.CLIENT}
"""By the first word of a span's name; all others are internal."""


class Otlp:
    """A `Carrier`.

    Args:
        receiver: Its address, to be shown: without what could be secret.
    """

    def __init__(self, receiver: str) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # it tells each try; what fails is told once here
        self._receiver = receiver
        self._told = False
        self._given = 0
        self._ids = _Ids()
        self._exporter = _Counted(OTLPSpanExporter())
        # Ours only, and nothing of it waits at the end of the process.
        self._provider = TracerProvider(resource=_resource(), id_generator=self._ids, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter, LONGEST_QUEUE))
        self._tracer = self._provider.get_tracer("voice_tui", __version__)
        self._closed = False

    @property
    def problem(self) -> str:
        """Why the receiver has not got all of them, one line, told once; "" for nothing."""
        lost = self._given - self._exporter.taken if self._closed else self._exporter.refused
        if not lost or self._told:
            return ""
        self._told = True
        return f"{self._receiver} does not take the spans of this conversation: {lost} lost so far"

    def carry(self, trace: str, epoch_s: float, spans: Sequence[Span]) -> None:
        """Take spans that are over; see `Carrier`."""
        for span in spans:
            self._ids.trace, self._ids.span = _id(trace, 16), _id(f"{trace}/{span.id}", 8)
            parent = None
            if span.parent is not None:
                parent = SpanContext(
                    self._ids.trace, _id(f"{trace}/{span.parent}", 8), is_remote=False, trace_flags=TraceFlags(1)
                )
            made = self._tracer.start_span(
                span.name,
                set_span_in_context(NonRecordingSpan(parent)) if parent is not None else None,
                KINDS.get(span.name.partition(" ")[0], SpanKind.INTERNAL),
                span.attributes,
                start_time=_ns(epoch_s + span.start_s),
            )
            if span.error:
                made.set_status(Status(StatusCode.ERROR, span.error))
                made.set_attribute("error.type", span.error)
            made.end(_ns(epoch_s + span.end_s))
            self._given += 1

    def close(self, within_s: float) -> None:
        """Send what is left, for so long at most, s; what is stuck then is left to a thread that nobody waits for."""
        last = Thread(target=self._provider.shutdown, name="otlp-close", daemon=True)
        last.start()
        last.join(within_s)
        self._closed = True


class _Counted(SpanExporter):
    """Counts what the receiver took and what it did not; called on the thread of the batches."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self.taken = self.refused = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them."""
        result = self._exporter.export(spans)
        if result is SpanExportResult.SUCCESS:
            self.taken += len(spans)
        else:
            self.refused += len(spans)
        return result

    def shutdown(self) -> None:
        """It is over."""
        self._exporter.shutdown()


class _Ids(IdGenerator):
    """Ids that follow from names, so that a recording that is sent again is no other trace."""

    trace = span = 0

    def generate_trace_id(self) -> int:
        """The id of the trace that is told of."""
        return self.trace

    def generate_span_id(self) -> int:
        """The id of the span that is made."""
        return self.span


def _id(name: str, size: int) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:size], "big")


def _ns(s: float) -> int:
    return round(s * 1_000_000) * 1_000


def _resource() -> Resource:
    """Who sends: what the environment says (``OTEL_SERVICE_NAME``, ``OTEL_RESOURCE_ATTRIBUTES``) goes first."""
    ours = Resource.create({"service.name": "voice-tui", "service.version": __version__})
    return ours.merge(OTELResourceDetector().detect())
