"""The report in words and Markdown tables, as docs/benchmarks.md has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.contenders import CONTENDERS
from benchmarks.kafka.latency import Latency
from benchmarks.kafka.throughput import CONTENDERS as KAFKA_CONTENDERS
from benchmarks.kafka.throughput import Throughput
from benchmarks.measures import InMemory
from benchmarks.memory import Memory
from benchmarks.spread import Spread
from benchmarks.workload import KINDS

Row = Sequence[str]


def engine_tables(engine: InMemory) -> Iterator[str]:
    """Yield what was measured in memory."""
    yield "### The engine alone, in memory"
    yield (
        f"All contenders found the same {engine.agreed_events} changes of level in a lively stream, and the same in"
        f" every timed run. M/s: million samples a second, median of {engine.rounds} rounds and its spread. To word an"
        f" alert or a violation takes {engine.word_cost_us:.0f} us; 'no engine' words none."
    )
    rows = []
    for kind, of in engine.rates.items():
        for contender, words in CONTENDERS.items():
            rows.append(
                (
                    KINDS[kind],
                    words,
                    f"{of.samples[contender]:,}",
                    _spread(of.rate[contender]),
                    _number(of.of_bound[contender].median),
                    _number(of.of_stock[contender].median),
                )
            )
    yield table(("input", "contender", "samples", "M/s", "/ no engine", "/ `stateful_map`"), rows)
    yield "One process and two, M/s:"
    shared = [
        (KINDS[kind], _spread(of.one), _spread(of.two), _spread(of.ratio), _number(of.ratio_without_engine.median))
        for kind, of in engine.shared.items()
    ]
    yield table(("input", "one", "two", "two / one", "the same without an engine"), shared)


def memory_tables(held: Memory) -> Iterator[str]:
    """Yield what a process holds."""
    yield f"### Memory at {held.tags:,} tags, a constraint each"
    rows = [(part, f"{size:.0f}") for part, size in held.parts_mb.items()]
    rows.append(("**while judging**", f"**{held.judging_mb:.0f}**"))
    rows.append(("while a snapshot is taken", f"{held.with_snapshot_mb:.0f}"))
    rows.append(("**most at any time**", f"**{held.peak_mb:.0f}**"))
    yield table(("part", "MB"), rows)
    yield (
        f"Built in {held.build_s:.0f} s. A snapshot has {held.snapshot_mb:.0f} MB, is taken in"
        f" {held.snapshot_s * 1000:.0f} ms and pickled in {held.pickle_s * 1000:.0f} ms."
    )


def throughput_tables(through: Throughput) -> Iterator[str]:
    """Yield how quick each contender drains a topic."""
    yield "### Through Apache Kafka: samples a second"
    yield (
        f"{through.partitions} partitions, median of {through.rounds} rounds and its spread. Cores: how many the"
        " contender and the broker were busy on. An answer that is not that of the samples is marked, and its rate"
        " means nothing."
    )
    for note in through.left_out:
        yield f"Not measured: {note}"
    rows = []
    for kind, lines in through.lines.items():
        for line in lines:
            wrong = sum(run.missed + run.too_many for run in line.runs)
            rows.append(
                (
                    KINDS[kind],
                    KAFKA_CONTENDERS[line.contender],
                    str(line.processes),
                    f"{line.samples:,}",
                    _spread(line.rate),
                    _number(line.of_bare.median),
                    "" if line.contender == "flow" else _number(line.flow_of_it.median),
                    "" if line.of_one is None else _number(line.of_one.median),
                    f"{line.contender_cpu:.1f} + {line.broker_cpu:.1f}",
                    "-" if line.contender == "bare" else "yes" if line.agrees else f"**NO: {wrong} events differ**",
                )
            )
    columns = ("input", "contender", "processes", "samples", "M/s", "/ bare", "this flow / it", "two / one", "cores")
    yield table((*columns, "agrees"), rows)


def latency_tables(trials: Iterable[Latency]) -> Iterator[str]:
    """Yield how long alerts took."""
    yield "### Through Apache Kafka: how long an alert takes"
    yield (
        "From just before the producer is handed the breaching sample to the alert at a consumer. Sent: part of the"
        " samples due in that time; behind: the most that one was sent after its time."
    )
    rows = [
        (
            f"{one.trial.tags:,}",
            f"{one.trial.snapshot_s} s",
            f"{one.trial.seconds} s",
            f"{one.alerts:,}",
            str(one.lost) if not one.lost else f"**{one.lost}**",
            *("-" if took_ms is None else f"{took_ms:.1f}" for took_ms in (one.p50_ms, one.p99_ms, one.worst_ms)),
            f"{one.samples_a_second:,.0f} ({one.sent_of_due:.0%})",
            f"{one.late_s * 1000:.0f} ms",
        )
        for one in trials
    ]
    columns = ("tags at 1 Hz", "snapshot each", "for", "alerts", "lost", "p50 [ms]", "p99 [ms]", "worst [ms]")
    yield table((*columns, "sent [samples/s]", "behind"), rows)
    yield "Cores that each part was busy on, the flow's resident memory over that time, and how long it took to start:"
    parts = [
        (
            f"{one.trial.tags:,}, {one.trial.snapshot_s} s",
            *(f"{one.cores[part]:.2f}" for part in ("flow", "broker", "producer", "consumer")),
            f"{one.rss_start_mb:.0f}",
            f"{one.rss_end_mb:.0f}",
            f"{one.rss_most_mb:.0f}",
            f"{one.ready_s:.0f} s",
        )
        for one in trials
    ]
    named = ("tags, snapshot each", "flow", "broker", "producer", "consumer")
    yield table((*named, "at the start [MB]", "at the end [MB]", "most [MB]", "ready after"), parts)


def table(columns: Row, rows: Iterable[Row]) -> str:
    """Return a Markdown table."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _spread(of: Spread) -> str:
    return f"{_number(of.median)} ({of.min:.2g} to {of.max:.2g})"


def _number(value: float) -> str:
    return f"{value:.3g}"
