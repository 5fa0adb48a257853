"""`python monitoring/dashboards.py [FOLDER]` writes the Grafana dashboards as JSON, into monitoring/dashboards/.

Every query here is run against a real Prometheus by tests/monitoring/test_dashboards.py.
"""

from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path
from string import ascii_uppercase
from typing import Final

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders.common import ReduceDataOptions, VizLegendOptions
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.stat import Panel as Stat
from grafana_foundation_sdk.builders.statetimeline import Panel as Timeline
from grafana_foundation_sdk.builders.table import Panel as Table
from grafana_foundation_sdk.builders.timeseries import Panel as Series
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import BigValueColorMode, LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DataSourceRef,
    DynamicConfigValue,
    RangeMap,
    RegexMap,
    SpecialValueMap,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
    VariableRefresh,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")
OURS: Final = 'job=~"$job"'
WELL: Final = f'{OURS}, well_id=~"$well"'
ALERTS: Final = f'{OURS}, topic=~".*well\\\\.alerts\\\\.v1"'
RECENT: Final = "[$__rate_interval]"

GREEN, YELLOW, RED, GREY = "green", "yellow", "red", "text"
# Colour is never the only sign: the words stand beside it.
LEVEL: Final = {"0": ("NORMAL", GREEN), "1": ("YELLOW", YELLOW), "2": ("RED", RED)}
VIEW: Final = {"0": ("LIVE", GREEN), "1": ("STALE", YELLOW), "2": ("BAD", RED)}
YES: Final = {"0": ("NO", RED), "1": ("YES", GREEN)}

Words = dict[str, tuple[str, str]]
Mappings = list[ValueMap | RangeMap | RegexMap | SpecialValueMap]
Panel = Stat | Series | Timeline | Table


def query(expr: str, legend: str = "", instant: bool = False) -> Dataquery:
    made = Dataquery().expr(expr).legend_format(legend or "__auto").ref_id("A").datasource(SOURCE)
    return made.instant() if instant else made.range()


def words(mapping: Words) -> Mappings:
    return [ValueMap({value: ValueMappingResult(text=text, color=color) for value, (text, color) in mapping.items()})]


def stat(title: str, means: str, expr: str, unit: str = "short", limits: dict[float, str] | None = None) -> Stat:
    """Return one number. limits: colour from each value on; grey below them all."""
    steps = [Threshold(None, GREY), *(Threshold(value, color) for value, color in (limits or {}).items())]
    panel = Stat().title(title).description(means).datasource(SOURCE).unit(unit).span(4).height(4)
    panel.reduce_options(ReduceDataOptions().calcs(["lastNotNull"])).color_mode(BigValueColorMode.VALUE)
    panel.thresholds(builders.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
    return panel.with_target(query(expr))


def yes_or_no(title: str, means: str, expr: str) -> Stat:
    return stat(title, means, expr).mappings(words(YES))


def series(title: str, means: str, unit: str, *queries: Dataquery, span: int = 12) -> Series:
    legend = VizLegendOptions().display_mode(LegendDisplayMode.LIST).placement(LegendPlacement.BOTTOM)
    panel = Series().title(title).description(means).datasource(SOURCE).unit(unit).span(span).height(8)
    panel.fill_opacity(8).legend(legend)
    for letter, each in zip(ascii_uppercase, queries, strict=False):
        panel.with_target(each.ref_id(letter))
    return panel


def timeline(title: str, means: str, expr: str, legend: str, mapping: Words) -> Timeline:
    panel = Timeline().title(title).description(means).datasource(SOURCE).span(24).height(10).mappings(words(mapping))
    return panel.with_target(query(expr, legend))


def table(title: str, means: str, expr: str, mapping: Words | None = None, span: int = 12) -> Table:
    panel = Table().title(title).description(means).datasource(SOURCE).span(span).height(8)
    if mapping:
        # Of the numbers alone: a well may be called 1.
        panel.override_by_name("Value", [DynamicConfigValue("mappings", words(mapping))])
    return panel.with_target(query(expr, instant=True).format(PromQueryFormat.TABLE))


def variable(name: str, label: str, values: str) -> builders.QueryVariable:
    made = builders.QueryVariable(name).label(label).datasource(SOURCE).query(values)
    return made.refresh(VariableRefresh.ON_TIME_RANGE_CHANGED).include_all(True).multi(True)


def new(uid: str, title: str, means: str) -> builders.Dashboard:
    made = builders.Dashboard(title).uid(uid).description(means).tags(["welltegra"]).refresh("5s")
    made.time("now-30m", "now").timezone("utc").tooltip(DashboardCursorSync.CROSSHAIR).editable()
    made.with_variable(builders.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
    return made.with_variable(variable("job", "Job", "label_values(welltegra_build_info, job)"))


def wells() -> builders.Dashboard:
    """Return the dashboard of those who watch wells."""
    made = new(
        "welltegra-wells", "WellTegra: wells", "What stands at yellow or red, what cannot be seen, what was said."
    )
    made.with_variable(variable("well", "Well", "label_values(welltegra_condition_level, well_id)"))
    condition = "{{well_id}} {{constraint_id}} {{tag}}"
    by = "max by (well_id, constraint_id, tag)"
    by_level = f"welltegra_conditions_by_level{{{OURS}"
    counted = "Conditions of all wells, also of those that are not shown one by one."
    panels: list[tuple[str, list[Panel]]] = [
        (
            "Now",
            [
                stat("RED", counted, f'sum({by_level}, level="red"}})', limits={0: GREEN, 1: RED}),
                stat("YELLOW", counted, f'sum({by_level}, level="yellow"}})', limits={0: GREEN, 1: YELLOW}),
                stat("NORMAL", counted, f'sum({by_level}, level="normal"}})'),
                stat(
                    "Not seen",
                    "Conditions whose readings are stale or bad: a limit may be exceeded unseen.",
                    f'sum(welltegra_conditions_by_view{{{OURS}, view!="live"}})',
                    limits={0: GREEN, 1: RED},
                ),
                yes_or_no("All is judged", "Every process is ready.", f"min(welltegra_ready{{{OURS}}})"),
                stat(
                    "Oldest latest sample",
                    "Of the shard whose latest judged sample is oldest.",
                    f"max(welltegra_last_judged_age_seconds{{{OURS}}})",
                    "s",
                    {0: GREEN, 10: YELLOW, 60: RED},
                ),
                table(
                    "Not normal now",
                    "0 normal, 1 YELLOW, 2 RED.",
                    f"{by} (welltegra_condition_level{{{WELL}}}) > 0",
                    LEVEL,
                ),
                table(
                    "Not seen now", "0 live, 1 STALE, 2 BAD.", f"{by} (welltegra_condition_view{{{WELL}}}) > 0", VIEW
                ),
            ],
        ),
        (
            "Levels and views",
            [
                timeline(
                    "Levels",
                    "Of conditions with metrics of their own.",
                    f"{by} (welltegra_condition_level{{{WELL}}})",
                    condition,
                    LEVEL,
                ),
                timeline(
                    "Views",
                    "Whether the reading can be seen at all.",
                    f"{by} (welltegra_condition_view{{{WELL}}})",
                    condition,
                    VIEW,
                ),
                series(
                    "Conditions by level",
                    counted,
                    "short",
                    query(f"sum by (level) (welltegra_conditions_by_level{{{OURS}}})", "{{level}}"),
                ),
                series(
                    "Conditions by view",
                    counted,
                    "short",
                    query(f"sum by (view) (welltegra_conditions_by_view{{{OURS}}})", "{{view}}"),
                ),
            ],
        ),
        (
            "Alerts",
            [
                series(
                    "Records published",
                    "Alerts, violations and dead letters that Kafka has.",
                    "short",
                    query(
                        f"sum by (topic) (increase(welltegra_records_published_total{{{OURS}}}{RECENT}))", "{{topic}}"
                    ),
                ),
                series(
                    "From sample to alert",
                    "Half of the alerts, and 99 % of them, are quicker.",
                    "s",
                    query(f"job:welltegra_event_to_alert_seconds:p50_5m{{{OURS}}}", "p50"),
                    query(f"job:welltegra_event_to_alert_seconds:p99_5m{{{OURS}}}", "p99"),
                ),
                stat(
                    "Over 2 s, in 5 min",
                    "Alerts that took longer than was promised.",
                    f"sum(job:welltegra_event_to_alert_over_2s:increase5m{{{OURS}}})",
                    limits={0: GREEN, 0.5: RED},
                ),
                stat(
                    "Alerts, in an hour",
                    "All that Kafka has.",
                    f"sum(increase(welltegra_records_published_total{{{ALERTS}}}[1h]))",
                ),
                table(
                    "Rules",
                    "Version that each well is judged by.",
                    f"max by (well_id) (welltegra_rules_version{{{WELL}}})",
                    span=16,
                ),
            ],
        ),
        (
            "Samples",
            [
                series(
                    "Doubtful samples",
                    "Of all wells, a second.",
                    "cps",
                    *(
                        query(f"sum(rate(welltegra_samples_{kind}_total{{{OURS}}}{RECENT}))", kind)
                        for kind in ("late", "duplicate", "bad", "suspect")
                    ),
                ),
                series(
                    "Breaches",
                    "Samples at or beyond red, and excursions that began, a second.",
                    "cps",
                    query(f"sum(rate(welltegra_samples_breaching_total{{{OURS}}}{RECENT}))", "samples beyond red"),
                    query(f"sum(rate(welltegra_episodes_total{{{OURS}}}{RECENT}))", "excursions"),
                ),
            ],
        ),
    ]
    return laid(made, panels)


def engine() -> builders.Dashboard:
    """Return the dashboard of those who run the flow."""
    made = new("welltegra-engine", "WellTegra: engine", "Whether the flow runs, keeps up and can be started again.")
    panels: list[tuple[str, list[Panel]]] = [
        (
            "Now",
            [
                yes_or_no("Live", "/health/live of every process.", f"min(welltegra_live{{{OURS}}})"),
                yes_or_no("Ready", "/health/ready of every process.", f"min(welltegra_ready{{{OURS}}})"),
                yes_or_no("Kafka reachable", "By every process.", f"min(welltegra_kafka_reachable{{{OURS}}})"),
                stat("Lag", "Messages that wait to be read.", f"sum(welltegra_lag_messages{{{OURS}}})"),
                stat(
                    "Available, 3 days",
                    "Share of the time that every process was ready; 99.5 % is promised.",
                    f"1 - max(job:welltegra_unavailable:ratio3d{{{OURS}}})",
                    "percentunit",
                    {0: RED, 0.995: GREEN},
                ),
                stat(
                    "Alerts firing",
                    "Of the rules in monitoring/rules.",
                    'count(ALERTS{alertname=~"WellTegra.*", alertstate="firing"}) or vector(0)',
                    limits={0: GREEN, 1: RED},
                ),
            ],
        ),
        (
            "Throughput",
            [
                series(
                    "Messages",
                    "Read a second.",
                    "cps",
                    query(f"job:welltegra_messages_read:rate1m{{{OURS}}}", "{{job}}"),
                ),
                series(
                    "Samples",
                    "A second; one sample is judged once for each condition on its tag.",
                    "cps",
                    query(f"job:welltegra_samples_read:rate1m{{{OURS}}}", "read"),
                    query(f"job:welltegra_samples_judged:rate1m{{{OURS}}}", "judged"),
                    query(f"sum(rate(welltegra_samples_unwatched_total{{{OURS}}}{RECENT}))", "unwatched"),
                ),
                series(
                    "Lag",
                    "Messages that wait, by what the broker last said.",
                    "short",
                    query(f"welltegra_lag_messages{{{OURS}}}", "shard {{shard}}"),
                ),
                series(
                    "Age of the latest judged sample",
                    "By its own time.",
                    "s",
                    query(f"welltegra_last_judged_age_seconds{{{OURS}}}", "shard {{shard}}"),
                ),
                series(
                    "Position",
                    "Offset of the next message.",
                    "short",
                    query(f"welltegra_position_messages{{{OURS}}}", "shard {{shard}}"),
                ),
                series(
                    "Lost",
                    "Messages that retention deleted unread, and dead letters, in an hour.",
                    "short",
                    query(f"sum(increase(welltegra_messages_lost_total{{{OURS}}}[1h]))", "lost"),
                    query(
                        f'sum(increase(welltegra_records_published_total{{{OURS}, topic=~".*deadletter.*"}}[1h]))',
                        "dead letters",
                    ),
                ),
            ],
        ),
        (
            "Heartbeat and snapshots",
            [
                series(
                    "Heartbeat",
                    "Since the engine came round; since each shard said how it stands.",
                    "s",
                    query(f"time() - welltegra_engine_turned_timestamp_seconds{{{OURS}}}", "engine {{instance}}"),
                    query(f"time() - welltegra_status_timestamp_seconds{{{OURS}}}", "shard {{shard}}"),
                ),
                series(
                    "Since the last snapshot",
                    "",
                    "s",
                    query(f"time() - welltegra_snapshot_timestamp_seconds{{{OURS}}}", "{{instance}}"),
                    query(f"welltegra_snapshot_interval_seconds{{{OURS}}}", "wanted, {{instance}}"),
                ),
                yes_or_no(
                    "State on disk",
                    "Of every process; if not, the disk is full and the state is kept in memory.",
                    f"min(welltegra_state_on_disk{{{OURS}}})",
                ),
                series(
                    "Wait for the broker, for a snapshot",
                    "99 % of the waits are shorter.",
                    "s",
                    query(
                        "histogram_quantile(0.99, sum by (topic, le)"
                        f" (rate(welltegra_snapshot_flush_seconds_bucket{{{OURS}}}{RECENT})))",
                        "{{topic}}",
                    ),
                ),
                series(
                    "Shards",
                    "",
                    "short",
                    query(f"sum(welltegra_shards{{{OURS}}})", "to be judged"),
                    query(f"sum(welltegra_shards_caught_up{{{OURS}}})", "caught up"),
                ),
            ],
        ),
        (
            "Restarts and fences",
            [
                series(
                    "Found at the start",
                    "Records of a dead run that may come again.",
                    "short",
                    query(f"welltegra_fence_ids{{{OURS}}}", "{{topic}} {{instance}}"),
                ),
                series(
                    "Time to find them", "", "s", query(f"welltegra_fence_seconds{{{OURS}}}", "{{topic}} {{instance}}")
                ),
                series(
                    "Came again, not written again",
                    "",
                    "short",
                    query(f"sum by (topic) (increase(welltegra_records_dropped_total{{{OURS}}}{RECENT}))", "{{topic}}"),
                ),
                series(
                    "Up since",
                    "",
                    "s",
                    query(f"time() - process_start_time_seconds{{{OURS}}}", "{{instance}}"),
                    query(
                        f"time() - welltegra_kafka_reachable_since_timestamp_seconds{{{OURS}}}",
                        "Kafka as it is, {{instance}}",
                    ),
                ),
                table("Versions", "", f"welltegra_build_info{{{OURS}}}", span=24),
            ],
        ),
        (
            "Process",
            [
                series(
                    "Memory",
                    "Flat, whatever comes.",
                    "bytes",
                    query(f"process_resident_memory_bytes{{{OURS}}}", "{{instance}}"),
                    span=8,
                ),
                series(
                    "CPU",
                    "Cores.",
                    "short",
                    query(f"rate(process_cpu_seconds_total{{{OURS}}}{RECENT})", "{{instance}}"),
                    span=8,
                ),
                series("Open files", "", "short", query(f"process_open_fds{{{OURS}}}", "{{instance}}"), span=8),
            ],
        ),
        (
            "Recorder",
            [
                yes_or_no("Database reachable", "By the recorder.", "min(welltegra_recorder_database_reachable)"),
                stat("Behind", "Messages that wait to be recorded.", "sum(welltegra_recorder_lag_messages)"),
                stat("Since the last record", "", "time() - max(welltegra_recorder_stored_timestamp_seconds)", "s"),
                series(
                    "Stored",
                    "Records a second.",
                    "cps",
                    query(f"sum by (kind) (rate(welltegra_recorder_stored_total{RECENT}))", "{{kind}}"),
                ),
            ],
        ),
    ]
    return laid(made, panels)


def ingest() -> builders.Dashboard:
    """Return the dashboard of those who bring samples from OPC UA."""
    made = new(
        "welltegra-ingest", "WellTegra: ingest", "Whether an OPC UA server's values reach Kafka, and what was missed."
    )
    ours = "welltegra_ingest"
    differences = f"sum by (le) (rate({ours}_clock_difference_seconds_bucket{RECENT}))"
    panels: list[tuple[str, list[Panel]]] = [
        (
            "Now",
            [
                yes_or_no("OPC UA connected", "The server sends what it is asked for.", f"min({ours}_opcua_connected)"),
                yes_or_no("Kafka takes scans", "", f"min({ours}_kafka_reachable)"),
                stat("Tags served", "Of the tag map.", f'sum({ours}_tags{{state="served"}})'),
                stat(
                    "Tags refused",
                    "Not there, not readable, or no number: the log says which.",
                    f'sum({ours}_tags{{state="refused"}})',
                    limits={0: GREEN, 1: YELLOW},
                ),
                stat(
                    "Last answer",
                    "How long ago the server last answered.",
                    f"time() - min({ours}_opcua_heard_timestamp_seconds)",
                    "s",
                    {0: GREEN, 5: YELLOW, 30: RED},
                ),
                stat("Scans waiting", "For Kafka to take them.", f"sum({ours}_scans_waiting)"),
            ],
        ),
        (
            "Samples",
            [
                series(
                    "Samples",
                    "By subscription, a second.",
                    "cps",
                    query(f"sum by (quality) (rate({ours}_samples_total{RECENT}))", "{{quality}}"),
                ),
                series(
                    "Scans",
                    "That Kafka has, a second.",
                    "cps",
                    query(f"sum by (kind) (rate({ours}_scans_delivered_total{RECENT}))", "{{kind}}"),
                ),
                series(
                    "Clocks differ",
                    "The server's time and the source's; 99 % of the samples differ by less.",
                    "s",
                    query(f"histogram_quantile(0.99, {differences})", "p99"),
                ),
                series(
                    "Doubtful",
                    "Without a time of their source; behind others that did not fit into the server's queue; a second.",
                    "cps",
                    query(f"sum(rate({ours}_samples_untimed_total{RECENT}))", "untimed"),
                    query(f"sum(rate({ours}_queue_overflows_total{RECENT}))", "overflows"),
                ),
            ],
        ),
        (
            "Missed",
            [
                series(
                    "Connections that failed",
                    "Ended, or did not come about.",
                    "short",
                    query(f"sum by (kind) (increase({ours}_connections_failed_total{RECENT}))", "{{kind}}"),
                ),
                series(
                    "Gaps",
                    "Tags of which nothing came for a while; of them, those of which history had nothing.",
                    "short",
                    query(f"sum(increase({ours}_gaps_total{RECENT}))", "gaps"),
                    query(f"sum(increase({ours}_gaps_unfilled_total{RECENT}))", "not filled"),
                ),
                series(
                    "Length of gaps",
                    "Added up by well.",
                    "s",
                    query(f"sum(increase({ours}_gap_seconds_total{RECENT}))", "gaps"),
                ),
                series(
                    "Samples of history",
                    "A second.",
                    "cps",
                    query(f"sum(rate({ours}_samples_filled_total{RECENT}))", "filled"),
                ),
            ],
        ),
        (
            "Waiting for Kafka",
            [
                series(
                    "Scans",
                    "",
                    "short",
                    query(f"{ours}_scans_waiting", "waiting, {{instance}}"),
                    query(f"{ours}_scans_unacknowledged", "with the client, {{instance}}"),
                ),
                series("Memory", "", "bytes", query(f"{ours}_scans_waiting_bytes", "{{instance}}")),
                series(
                    "Given up",
                    "Dropped for want of room; not with Kafka at a stop.",
                    "short",
                    query(f"sum(increase({ours}_scans_dropped_total{RECENT}))", "dropped"),
                    query(f"sum(increase({ours}_scans_undelivered_total{RECENT}))", "at a stop"),
                ),
                series(
                    "As it is since",
                    "",
                    "s",
                    query(f"time() - {ours}_opcua_connected_since_timestamp_seconds", "OPC UA, {{instance}}"),
                    query(f"time() - {ours}_kafka_reachable_since_timestamp_seconds", "Kafka, {{instance}}"),
                ),
            ],
        ),
    ]
    return laid(made, panels)


def worklist() -> builders.Dashboard:
    """Return the dashboard of those who run the server of the worklist."""
    made = new(
        "welltegra-worklist",
        "WellTegra: worklist",
        "Whether people can read and review, how quickly, and what is ranked.",
    )
    ours = "welltegra_serve"
    asked = f"{ours}_requests_total{{{OURS}"
    buckets = f"{ours}_request_seconds_bucket{{{OURS}}}"
    jobs = f"{ours}_jobs{{{OURS}"
    panels: list[tuple[str, list[Panel]]] = [
        (
            "Now",
            [
                yes_or_no("Ready", "/health/ready of every process.", f"min({ours}_ready{{{OURS}}})"),
                yes_or_no("Database reachable", "By every process.", f"min({ours}_database_reachable{{{OURS}}})"),
                stat("Pages open", "That are told of what happens.", f"sum({ours}_event_streams{{{OURS}}})"),
                stat("In flight", "Requests that are being answered.", f"sum({ours}_requests_in_flight{{{OURS}}})"),
                stat(
                    "Rankings that wait",
                    "Two run at a time, one of a project.",
                    f'max({jobs}, state="queued"}})',
                    limits={0: GREEN, 5: YELLOW},
                ),
                stat(
                    "Rankings failed, in a day",
                    "Their jobs say why.",
                    f'max(delta({jobs}, state="failed"}}[1d]))',
                    limits={0: GREEN, 0.5: RED},
                ),
            ],
        ),
        (
            "Requests",
            [
                series(
                    "By status",
                    "Answers a second. 4xx: what was asked cannot be; 5xx: it went wrong here, or there was no room.",
                    "reqps",
                    query(f"sum by (status) (rate({asked}}}{RECENT}))", "{{status}}"),
                ),
                series(
                    "Seconds",
                    "Half of the answers, and 95 % of them, are quicker; exports and previews among them.",
                    "s",
                    query(f"histogram_quantile(0.5, sum by (le) (rate({buckets}{RECENT})))", "p50"),
                    query(f"histogram_quantile(0.95, sum by (le) (rate({buckets}{RECENT})))", "p95"),
                ),
                table(
                    "Slowest routes, 5 min",
                    "Seconds that 95 % of the answers are quicker than.",
                    f"topk(10, histogram_quantile(0.95, sum by (route, method, le) (rate({buckets}[5m]))) > 0)",
                ),
                table(
                    "Errors of our own, in an hour",
                    "By route; the log has each.",
                    f'sum by (route, method) (increase({asked}, status="5xx"}}[1h])) > 0',
                ),
                series(
                    "Refused",
                    "Who was not believed, by reason.",
                    "short",
                    query(f"sum by (reason) (increase({ours}_sign_ins_refused_total{{{OURS}}}{RECENT}))", "{{reason}}"),
                ),
                series(
                    "Exports",
                    "By format.",
                    "short",
                    query(f"sum by (format) (increase({ours}_exports_total{{{OURS}}}{RECENT}))", "{{format}}"),
                ),
            ],
        ),
        (
            "Database",
            [
                series(
                    "Connections",
                    "Of each process; when all are used, requests wait.",
                    "short",
                    query(f"{ours}_pool_connections{{{OURS}}}", "{{state}} {{instance}}"),
                    query(f"{ours}_pool_most{{{OURS}}}", "at most {{instance}}"),
                ),
                series(
                    "Waiting for a connection",
                    "Requests now; and the seconds that were waited, a second.",
                    "short",
                    query(f"{ours}_pool_waiting{{{OURS}}}", "requests {{instance}}"),
                    query(f"rate({ours}_pool_wait_seconds_total{{{OURS}}}{RECENT})", "seconds {{instance}}"),
                ),
            ],
        ),
        (
            "Rankings",
            [
                series(
                    "Asked for",
                    "By state, since the database is there.",
                    "short",
                    query(f"max by (state) ({jobs}}})", "{{state}}"),
                ),
                series(
                    "The eldest",
                    "How long the one has run that has run longest, and waited.",
                    "s",
                    query(f"max({ours}_job_running_seconds{{{OURS}}})", "runs"),
                    query(f"max({ours}_job_waiting_seconds{{{OURS}}})", "waits"),
                ),
            ],
        ),
    ]
    return laid(made, panels)


def laid(made: builders.Dashboard, rows: list[tuple[str, list[Panel]]]) -> builders.Dashboard:
    numbers = count(1)
    for title, panels in rows:
        made.with_row(builders.Row(title).id(next(numbers)))
        for panel in panels:
            made.with_panel(panel.id(next(numbers)))
    return made


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, made in {"wells": wells(), "engine": engine(), "ingest": ingest(), "worklist": worklist()}.items():
        text = json.dumps(made.build(), cls=JSONEncoder, indent=2, sort_keys=True)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "dashboards")
