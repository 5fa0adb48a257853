"""What an operator may set, and what holds when nothing is set.

A description says what the value must be, a colon, and what it means. Faults quote the first half, and
docs/configuration.md both.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, SecretStr, field_validator

from welltegra.settings.sources import load


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_nul(cls, value: object) -> object:
        """Refuse what no path, host or address can hold: the system calls that get it end in another way."""
        if isinstance(value, str) and "\0" in value:
            raise ValueError("holds the character U+0000")
        return value


class ReplaySettings(Section):
    batch: int = Field(
        default=10_000,
        ge=1,
        le=1_000_000,
        description="a whole number from 1 to 1000000: how many samples the flow is handed at a time",
    )
    max_faults_shown: int = Field(
        default=20,
        ge=0,
        description="a whole number, 0 or more: how many unreadable rows a replay shows; all of them are counted",
    )


class DaySettings(Section):
    folder: Path = Field(
        default=Path("welltegra-day"),
        description="a folder: where `simulate day` writes the day and what came of it",
    )
    seed: int = Field(default=7, ge=0, description="a whole number, 0 or more: the same seed gives the same well day")
    speed: FiniteFloat = Field(
        default=10.0, gt=0, description="a number above 0: how many times as fast as life it runs"
    )
    paced_minutes: FiniteFloat = Field(
        default=15.0,
        ge=0,
        description="a number, 0 or more: minutes of the well day that keep to that speed; the rest runs unpaced",
    )


class DemoSettings(Section):
    folder: Path = Field(
        default=Path("welltegra-demo"),
        description="a folder: where the demo keeps its database, logs and settings",
    )


class SiteSettings(Section):
    name: str = Field(
        default="site",
        pattern=r"^[A-Za-z0-9._~-]{1,100}$",
        description="1 to 100 letters, digits, dots, dashes: who we are in the source of every event",
    )


class KafkaSettings(Section):
    bootstrap_servers: str = Field(
        default="127.0.0.1:9092",
        min_length=1,
        description="host:port, more of them after commas: where the cluster is asked for the rest of it",
    )
    topic_prefix: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9._-]{0,100}$",
        description="up to 100 letters, digits, dots, dashes: put before the name of every topic",
    )
    security_protocol: Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"] = Field(
        default="plaintext",
        description="one of plaintext, ssl, sasl_plaintext, sasl_ssl: how the brokers are spoken to",
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        default="SCRAM-SHA-512",
        description="one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512: how the password is proven, with a sasl_ protocol",
    )
    sasl_username: str = Field(default="", description="text: the user, with a sasl_ protocol")
    sasl_password: SecretStr = Field(default=SecretStr(""), description="text: the password, with a sasl_ protocol")
    ssl_ca_location: str = Field(
        default="", description="a PEM file: who signed the brokers' certificates; empty for the system's authorities"
    )
    ssl_certificate_location: str = Field(default="", description="a PEM file: our certificate, if brokers ask for one")
    ssl_key_location: str = Field(default="", description="a PEM file: the key of our certificate")
    ssl_key_password: SecretStr = Field(default=SecretStr(""), description="text: the password of our key")
    properties: dict[str, SecretStr] = Field(
        default_factory=dict,
        description="a table of texts: further properties of librdkafka by their own names; they win over the others",
    )


class TopicsSettings(Section):
    partitions: int = Field(
        default=8,
        ge=1,
        le=1000,
        description="a whole number from 1 to 1000: partitions that wells are spread over; never to be changed",
    )
    replication: int = Field(
        default=0,
        ge=0,
        le=7,
        description="a whole number from 0 to 7: copies of each topic; 0 for what the cluster does",
    )
    samples_days: FiniteFloat = Field(
        default=7.0, gt=0, description="a number above 0: days that samples, and older rules, are kept"
    )
    records_days: FiniteFloat = Field(
        default=90.0, gt=0, description="a number above 0: days that alerts, violations and dead letters are kept"
    )


class ConstraintsSettings(Section):
    recovery: Path = Field(
        default=Path("welltegra-recovery"),
        description="a folder: the state of the flow between two runs, from the working directory",
    )
    snapshot_interval_s: int = Field(
        default=1, ge=1, le=60, description="a whole number from 1 to 60: seconds between two snapshots of the state"
    )
    most_processes: int = Field(
        default=8,
        ge=1,
        le=64,
        description="a whole number from 1 to 64: the most processes there will ever be; fixed once the folder is made",
    )


class PostgresSettings(Section):
    dsn: SecretStr = Field(
        default=SecretStr("postgresql://127.0.0.1:5432/welltegra"),
        description="a PostgreSQL connection string: the database that records are kept in",
    )


class ReopeningSettings(Section):
    folder: Path = Field(
        default=Path("welltegra-reopening"),
        description="a folder: where `rank` and `discover` keep their database where postgres.dsn names none",
    )


class OpcuaSettings(Section):
    endpoint: str = Field(
        default="", description="opc.tcp://host:port and the path that the server has: whose values `flow ingest` reads"
    )
    username: str = Field(default="", description="text: the user, where the server wants one")
    password: SecretStr = Field(default=SecretStr(""), description="text: the password of opcua.username")
    tags: str = Field(default="", description="a path: the tag map, which says what each node is (docs/ingest.md)")
    publishing_interval_ms: FiniteFloat = Field(
        default=200.0, ge=10, le=60_000, description="a number from 10 to 60000: how often the server sends what is new"
    )
    queue: int = Field(
        default=20,
        ge=10,
        le=10_000,
        description="a whole number from 10 to 10000: values of a node kept between two sends",
    )
    deadline_s: FiniteFloat = Field(
        default=5.0, ge=1, le=600, description="a number from 1 to 600: so long without an answer, and we connect anew"
    )
    history: bool = Field(default=True, description="true or false: whether the server is asked for what was missed")
    keep_minutes: FiniteFloat = Field(
        default=10.0,
        gt=0,
        le=1_440,
        description="a number above 0, up to 1440: minutes of scans kept while Kafka is away",
    )
    keep_mb: FiniteFloat = Field(
        default=256.0, ge=1, le=65_536, description="a number from 1 to 65536: most memory for those scans [MB]"
    )


class MetricsSettings(Section):
    host: str = Field(default="127.0.0.1", description="an address: where metrics and health are served")
    port: int = Field(
        default=9464,
        ge=0,
        le=65_000,
        description="a port, 0 for none: of the first process; each further process takes the next",
    )
    record_port: int = Field(default=9564, ge=0, le=65_535, description="a port, 0 for none: of `flow record`")
    ingest_port: int = Field(default=9664, ge=0, le=65_535, description="a port, 0 for none: of `flow ingest`")
    serve_port: int = Field(
        default=9764,
        ge=0,
        le=65_000,
        description="a port, 0 for none: of `serve`; each further of web.workers takes the next",
    )
    conditions: int = Field(
        default=1000,
        ge=0,
        description="a whole number, 0 or more: conditions of a process with metrics of their own; others are counted",
    )


class WebSettings(Section):
    host: str = Field(
        default="127.0.0.1", description="an address: where `serve` listens; others than loopback need auth"
    )
    port: int = Field(
        default=8080, ge=0, le=65_535, description="a port, 0 for one that is free: where `serve` listens"
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^/\s?#@]+)?$",
        description="http(s)://host[:port], or empty: what browsers call us, where that is not host and port; https"
        " without tls_certificate says that a proxy before us ends TLS",
    )
    workers: int = Field(default=1, ge=1, le=64, description="a whole number from 1 to 64: processes that answer")
    tls_certificate: str = Field(default="", description="a PEM file: our certificate; with it, TLS 1.3 and no less")
    tls_key: str = Field(default="", description="a PEM file (PKCS#8): the key of our certificate")
    client_ca: str = Field(
        default="", description="a PEM file: who signed the clients' certificates; then each needs one"
    )
    allow: list[str] = Field(
        default_factory=list, description="a list of addresses and networks: who may connect; empty for everybody"
    )
    trusted_proxies: list[str] = Field(
        default_factory=list,
        description="a list of addresses and networks: proxies whose X-Forwarded-For says who came; empty for none",
    )
    max_body_kb: int = Field(
        default=1024, ge=1, le=1_048_576, description="a whole number from 1 to 1048576: the largest request body [KiB]"
    )
    connections: int = Field(
        default=4096,
        ge=1,
        le=1_000_000,
        description="a whole number, 1 or more: connections served at a time, by process",
    )
    pool: int = Field(
        default=8, ge=1, le=1000, description="a whole number from 1 to 1000: connections to the database, by process"
    )


class AuthSettings(Section):
    issuer: str = Field(
        default="",
        pattern=r"^(https?://[^\s?#@]+)?$",
        description="a URL, or empty for no provider: the OpenID Connect issuer, exactly as it calls itself",
    )
    client_id: str = Field(default="", description="text: what the provider knows us by")
    client_secret: SecretStr = Field(
        default=SecretStr(""), description="text: our secret with the provider, if it has one"
    )
    audience: str = Field(default="", description="text: whom bearer tokens must be for; empty for client_id")
    scopes: str = Field(
        default="openid profile", description="words, openid among them: what a browser's sign-in asks the provider for"
    )
    algorithms: list[str] = Field(
        default_factory=lambda: ["RS256", "PS256", "ES256", "EdDSA"],
        description="a list of names: the signatures of tokens that are believed, none of them symmetric",
    )
    roles_claim: str = Field(
        default="roles", min_length=1, description="text: the claim that lists roles, each `role` or `project:role`"
    )
    name_claim: str = Field(default="name", min_length=1, description="text: the claim that people are shown by")
    clock_skew_s: int = Field(
        default=60, ge=0, le=300, description="a whole number from 0 to 300: seconds that clocks may differ"
    )
    session_hours: FiniteFloat = Field(
        default=10.0, gt=0, le=168, description="a number above 0, up to 168: hours that a browser stays signed in"
    )
    idle_minutes: FiniteFloat = Field(
        default=60.0,
        ge=5,
        le=10_080,
        description="a number from 5 to 10080: minutes without a request after which a browser is signed out",
    )
    attempts_per_minute: int = Field(
        default=20,
        ge=1,
        le=10_000,
        description="a whole number from 1 to 10000: sign-ins that an address may try a minute",
    )
    platform_admins: list[str] = Field(
        default_factory=list, description="a list of subjects: who is platform_admin whatever else says"
    )
    api_keys_only: bool = Field(
        default=False,
        description="true or false: whether machines with API keys are all who come, so that no issuer is needed",
    )


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="one of debug, info, warning, error: the least that is logged"
    )


class Settings(Section):
    """All settings. `Settings()` are the defaults: nothing is read from the environment but by `load_settings`."""

    replay: ReplaySettings = ReplaySettings()
    day: DaySettings = DaySettings()
    demo: DemoSettings = DemoSettings()
    site: SiteSettings = SiteSettings()
    kafka: KafkaSettings = KafkaSettings()
    topics: TopicsSettings = TopicsSettings()
    constraints: ConstraintsSettings = ConstraintsSettings()
    postgres: PostgresSettings = PostgresSettings()
    reopening: ReopeningSettings = ReopeningSettings()
    opcua: OpcuaSettings = OpcuaSettings()
    web: WebSettings = WebSettings()
    auth: AuthSettings = AuthSettings()
    projects: dict[str, Path] = Field(
        default_factory=dict, description="a table of folders: the reopening projects that `serve` ranks, by their id"
    )
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()


def load_settings(
    path: Path | None = None, environ: Mapping[str, str] = os.environ, cwd: Path | None = None
) -> Settings:
    """Return the settings that hold; `settings.sources.load` says from where, and which faults it raises."""
    return load(Settings, path, environ, cwd).settings
