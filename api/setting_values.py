"""How each setting is written. A parser raises ValueError with the remedy for what it refuses."""

from __future__ import annotations

import ipaddress
import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from api.access.leaked import fault_of
from api.secret_key import KEY_LENGTH
from api.storage.engine import DatabaseURLError, database_url
from bot.speech.model_kinds import WHISPER

READABLE, JSON = "lisible", "json"  # logs
REQUIRED, OFFERED = "required", "offered"  # the second factor
NEW_KEY = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


def data_folder(value: str) -> Path:
    """A folder, made later when there is none."""
    if Path(value).exists() and not Path(value).is_dir():
        raise ValueError("this is a file: give a folder")
    return Path(value)


def existing_folder(value: str) -> Path:
    if not Path(value).is_dir():
        raise ValueError("no such folder: make it, or leave the variable out")
    return Path(value)


def whisper_weights(value: str) -> Path:
    """A folder with weights of faster-whisper."""
    folder = existing_folder(value)
    if lacking := WHISPER.lacking(file.name for file in folder.glob("*")):
        raise ValueError(f"no {', '.join(lacking)} in it: give a faster-whisper folder, or leave the variable out")
    return folder


def database(value: str) -> str:
    """The URL, PostgreSQL ones turned to psycopg."""
    try:
        return database_url(value).render_as_string(hide_password=False)
    except DatabaseURLError as error:
        remedy = "give sqlite:////folder/file.db or postgresql://user:password@host/database"
        raise ValueError(f"{error}; {remedy}") from None


def host(value: str) -> str:
    """A host name or an IP address, IPv6 without brackets."""
    bare = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    if not re.fullmatch(r"[A-Za-z0-9._-]+", bare) and not _is_address(bare):
        raise ValueError("give a host name or an IP address, such as 127.0.0.1, without http:// or a port")
    return bare


def port(value: str) -> int:
    number = int(value) if re.fullmatch(r"[0-9]{1,5}", value) else 0
    if not 1 <= number <= 65535:
        raise ValueError("give a whole number from 1 to 65535, such as 8000")
    return number


def web_address(value: str) -> str:
    """An http or https address, without a slash at its end."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or re.search(r"[\s?#@]", value):
        raise ValueError("give an address such as https://aiguillage.example.org, without a user, '?' or '#'")
    return value.rstrip("/")


def issuer(value: str) -> str:
    """The address of an OpenID provider: https, or http on this machine."""
    address = web_address(value)
    if not address.startswith("https:") and not is_loopback(urlsplit(address).hostname or ""):
        raise ValueError("give the provider's https address, as in the `issuer` of its discovery document")
    return address


def acr(value: str) -> tuple[str, ...]:
    """The ways of knowing somebody that will do, blanks or commas between them."""
    found = tuple(re.split(r"[\s,]+", value))
    if not all(re.fullmatch(r"[!-~]{1,200}", one) for one in found):
        raise ValueError("give what the provider calls them (its `acr`), with blanks between them")
    return found


def telegram_token(value: str) -> str:
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", value):
        raise ValueError("copy the whole token from @BotFather: digits, a colon, then letters and digits")
    return value


def webhook_secret(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value):
        raise ValueError("Telegram takes 1 to 256 unaccented letters, digits, '_' and '-'")
    return value


def matrix_user(value: str) -> str:
    """A Matrix id, such as @aiguillage:exemple.fr."""
    if not re.fullmatch(r"@[A-Za-z0-9._=/+-]+:[A-Za-z0-9.\[\]:-]+", value):
        raise ValueError("give the bot's whole Matrix id, such as @aiguillage:exemple.fr")
    return value


def matrix_token(value: str) -> str:
    """An access token, as a homeserver gives it at a login."""
    if not re.fullmatch(r"[!-~]{8,4096}", value):
        raise ValueError("give the access token that the homeserver gave at the bot's login, in one line")
    return value


def secret_key(value: str) -> str:
    if len(value) < KEY_LENGTH:
        raise ValueError(f"give {KEY_LENGTH} characters or more, as made by: {NEW_KEY}")
    return value


def contact_keys(value: str) -> tuple[str, ...]:
    """The keys that households' secrets are sealed under, the newest first, commas or ends of lines between them."""
    keys = tuple(key.strip() for key in re.split(r"[,\n]", value) if key.strip())
    if not keys or any(len(key) < KEY_LENGTH for key in keys):
        raise ValueError(f"give keys of {KEY_LENGTH} characters or more, the newest first, as made by: {NEW_KEY}")
    return keys


def day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("give a day such as 2026-11-26") from None


def second_factor(value: str) -> str:
    """Whether a code of the phone is asked of everybody who has a password."""
    if value not in (REQUIRED, OFFERED):
        raise ValueError(f"say {REQUIRED} (a code of the phone for every password) or {OFFERED} (who wants it has it)")
    return value


def leaked_passwords(value: str) -> Path:
    """A file of passwords that leaked, as « Have I Been Pwned » gives it."""
    fault = fault_of(Path(value))
    if fault is not None:
        raise ValueError(f"{fault}: give the file that lists SHA-1 hashes in order, or leave the variable out")
    return Path(value)


def territory(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", value):
        raise ValueError("give a territory's id: small unaccented letters, digits, '_' and '-'")
    return value


def worker(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value):
        raise ValueError("give 1 to 64 unaccented letters, digits, '_' and '-', another name on each machine")
    return value


def yes_or_no(value: str) -> bool:
    """« oui » or « non »; also yes, no, true, false, 1, 0."""
    said = {"oui": True, "yes": True, "true": True, "1": True, "non": False, "no": False, "false": False, "0": False}
    if value.lower() not in said:
        raise ValueError("say oui (yes) or non (no)")
    return said[value.lower()]


def log_form(value: str) -> str:
    """How logs are written."""
    if value not in (READABLE, JSON):
        raise ValueError(f"logs are written as {READABLE} or as {JSON}")
    return value


def metrics_token(value: str) -> str:
    """What whoever reads the metrics brings."""
    return secret_key(value)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server on this host."""
    return ipaddress.ip_address(host).is_loopback if _is_address(host) else host.lower() == "localhost"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
