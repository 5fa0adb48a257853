"""Names that stand on Kafka: of topics, of headers, and of what a message is."""

from __future__ import annotations

from typing import Final

SAMPLES: Final = "well.samples.v1"
ALERTS: Final = "well.alerts.v1"
VIOLATIONS: Final = "well.violations.v1"
DEAD_LETTERS: Final = "well.deadletter.v1"
RULES: Final = "well.rules.v1"
OPERATIONS: Final = "well.operations.v1"
HEARTBEATS: Final = "well.heartbeat.v1"
BYPASSED_PAY: Final = "welllog.bypassed-pay-ranked.v2"
REOPENING_TARGETS: Final = "welllog.reopening-target-ranked.v1"

# Headers. CloudEvents' binding for Kafka names ce_id and content-type.
CE_ID: Final = "ce_id"
CONTENT_TYPE: Final = "content-type"
KIND: Final = "kind"

# Values of `kind` and of `content-type`; a message of samples without either is one JSON scan.
CONTROL: Final = b"control"
JSON: Final = b"application/json"
ARROW: Final = b"application/vnd.apache.arrow.stream"
CLOUD_EVENT: Final = b"application/cloudevents+json"
