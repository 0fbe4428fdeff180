"""Settings, from the environment and from nowhere else. This is its only reader."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy import URL

from api import setting_values as values
from api.secret_key import KeyFileError, keep_key
from api.setting_source import BY_DEFAULT, HIDDEN, PREFIX, SettingsError, Source
from api.storage.engine import database_url, masked
from bot.messages import Text

UNSET = "—"


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked. Field ``port`` is variable AIGUILLAGE_PORT and message ``setting.port``.

    ``public_url`` and ``telegram_api`` end without a slash. ``origins``: where each value came from.
    ``unknown``: variables with our prefix that no setting has.
    """

    data_dir: Path
    database_url: str = field(repr=False)
    host: str
    port: int
    public_url: str
    telegram_token: str | None = field(repr=False)
    telegram_api: str
    telegram_webhook_secret: str | None = field(repr=False)
    matrix_homeserver: str | None
    matrix_user: str | None
    matrix_token: str | None = field(repr=False)
    secret_key: str = field(repr=False)
    contact_keys: tuple[str, ...] = field(repr=False)
    contact_keys_since: date | None
    territory: str | None
    territories: Path
    models: Path
    whisper: Path | None
    worker: str | None
    second_factor: str
    leaked_passwords: Path | None
    oidc_issuer: str | None
    oidc_client_id: str | None
    oidc_client_secret: str | None = field(repr=False)
    oidc_acr: tuple[str, ...]
    private_webhooks: bool
    logs: str
    metrics_token: str | None = field(repr=False)
    origins: Mapping[str, Text] = field(default_factory=dict, repr=False, compare=False)
    unknown: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def exposed(self) -> bool:
        """Whether other machines can reach the server."""
        return not values.is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of ``aiguillage settings``: ``shown`` masks secrets, ``meaning`` is a catalog message."""

    name: str
    shown: str
    meaning: str
    origin: Text


SECRETS = (
    "telegram_token",
    "telegram_webhook_secret",
    "matrix_token",
    "secret_key",
    "contact_keys",
    "oidc_client_secret",
    "metrics_token",
)
FILED = (*SECRETS, "database_url")  # may lie in a file
NAMES = tuple(name for name in Settings.__dataclass_fields__ if name not in ("origins", "unknown"))


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the settings, from the process's environment when ``environ`` is None.

    An empty value is an absent one. On the first run makes the data folder and the secret key in it.
    Raises SettingsError.
    """
    source = Source(os.environ if environ is None else environ, SECRETS, FILED)
    data_dir = source.take("data_dir", values.data_folder, Path(".aiguillage"))
    host = source.take("host", values.host, "127.0.0.1")
    port = source.take("port", values.port, 8000)
    settings = Settings(
        data_dir=data_dir,
        database_url=source.take("database_url", values.database, _sqlite_in(data_dir)),
        host=host,
        port=port,
        public_url=source.take("public_url", values.web_address, _local_address(host, port)),
        telegram_token=source.take("telegram_token", values.telegram_token, None),
        telegram_api=source.take("telegram_api", values.web_address, "https://api.telegram.org"),
        telegram_webhook_secret=source.take("telegram_webhook_secret", values.webhook_secret, None),
        matrix_homeserver=source.take("matrix_homeserver", values.web_address, None),
        matrix_user=source.take("matrix_user", values.matrix_user, None),
        matrix_token=source.take("matrix_token", values.matrix_token, None),
        secret_key=source.take("secret_key", values.secret_key, ""),
        contact_keys=source.take("contact_keys", values.contact_keys, ()),
        contact_keys_since=source.take("contact_keys_since", values.day, None),
        territory=source.take("territory", values.territory, None),
        territories=source.take("territories", values.existing_folder, data_dir / "territories"),
        models=source.take("models", values.data_folder, data_dir / "models"),
        whisper=source.take("whisper", values.whisper_weights, None),
        worker=source.take("worker", values.worker, None),
        second_factor=source.take("second_factor", values.second_factor, values.REQUIRED),
        leaked_passwords=source.take("leaked_passwords", values.leaked_passwords, None),
        oidc_issuer=source.take("oidc_issuer", values.issuer, None),
        oidc_client_id=source.take("oidc_client_id", str, None),
        oidc_client_secret=source.take("oidc_client_secret", str, None),
        oidc_acr=source.take("oidc_acr", values.acr, ()),
        private_webhooks=source.take("private_webhooks", values.yes_or_no, False),
        logs=source.take("logs", values.log_form, values.READABLE),
        metrics_token=source.take("metrics_token", values.metrics_token, None),
        origins=source.origins,
        unknown=source.unknown(),
    )
    _complete(settings)
    if settings.oidc_issuer and not settings.oidc_client_id:
        remedy = "give the name under which the provider knows this program, or leave AIGUILLAGE_OIDC_ISSUER out"
        raise SettingsError("oidc_client_id", UNSET, remedy)
    return settings if settings.secret_key else _with_kept_key(settings)


def _complete(settings: Settings) -> None:
    """A bot on Matrix needs all three of its settings. Raises SettingsError."""
    names = ("matrix_homeserver", "matrix_user", "matrix_token")
    lacking = [name for name in names if getattr(settings, name) is None]
    if 0 < len(lacking) < len(names):
        given = ", ".join(PREFIX + name.upper() for name in names if name not in lacking)
        raise SettingsError(lacking[0], UNSET, f"give it too, or leave {given} out: a bot on Matrix needs all three")


def describe(settings: Settings) -> tuple[Row, ...]:
    """Each setting as it may be shown, in a fixed order."""
    origins = {name: settings.origins.get(name, BY_DEFAULT) for name in NAMES}
    return tuple(
        Row(PREFIX + name.upper(), _shown(settings, name), f"setting.{name}", origin)
        for name, origin in origins.items()
    )


def notices(settings: Settings) -> Iterator[Text]:
    """What is allowed and still worth telling at start-up."""
    if settings.exposed:
        yield Text("setting.notice.exposed", {"host": settings.host, "port": str(settings.port)})
    for variable in settings.unknown:
        near = get_close_matches(variable.removeprefix(PREFIX).lower(), NAMES, n=1)
        if near:
            names = {"variable": variable, "near": PREFIX + near[0].upper()}
            yield Text("setting.notice.unknown_near", names)
        else:
            yield Text("setting.notice.unknown", {"variable": variable})


def contact_keys(settings: Settings) -> tuple[str, ...]:
    """The keys of households' secrets: those given, else one that is made once in the data folder.

    Raises SettingsError.
    """
    return settings.contact_keys or (_kept(settings, "contact_keys"),)


def _with_kept_key(settings: Settings) -> Settings:
    key = _kept(settings, "secret_key")
    made = Text("setting.origin.made", {"file": str(settings.data_dir / "secret_key")})
    return replace(settings, secret_key=key, origins={**settings.origins, "secret_key": made})


def _kept(settings: Settings, name: str) -> str:
    try:
        return keep_key(settings.data_dir / name)
    except (KeyFileError, UnicodeDecodeError) as error:
        remedy = f"{error}: put the key back from a copy, or delete the file to have a new one made"
        raise SettingsError(name, UNSET, remedy) from error
    except OSError as error:
        remedy = f"cannot keep the secret key here ({error}); give another folder or {PREFIX}{name.upper()}"
        raise SettingsError("data_dir", repr(str(settings.data_dir)), remedy) from error


def _shown(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    if value in (None, ()):
        return UNSET
    if name in SECRETS:
        return HIDDEN
    if isinstance(value, tuple):
        return " ".join(value)
    return masked(database_url(value)) if name == "database_url" else str(value)


def _sqlite_in(folder: Path) -> str:
    return URL.create("sqlite", database=str(folder.resolve() / "aiguillage.db")).render_as_string()


def _local_address(host: str, port: int) -> str:
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"
