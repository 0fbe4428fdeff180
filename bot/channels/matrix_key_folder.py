"""Where the keys of the bot's device on Matrix are kept: one file, sealed, for one user's eyes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bot.channels.matrix_errors import KeysError

FILE = "keys.db"
SHOWN = "matrix/keys.db of the data folder"


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """``secret``: the keys are sealed under it, and the bot's identity is made from it."""

    folder: Path
    secret: str = field(repr=False)

    @property
    def file(self) -> Path:
        return self.folder / FILE

    def ready(self) -> None:
        """Make the folder and the file, for this user alone. Raises KeysError."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            self.file.touch(mode=0o600)
            self.file.chmod(0o600)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise KeysError(
                f"the keys of Matrix cannot be kept in {SHOWN} ({why}): give it to the user that runs the server"
            ) from None

    def unreadable(self, why: str) -> KeysError:
        """What to say where the file does not open."""
        return KeysError(
            f"the keys in {SHOWN} do not open ({why}): put AIGUILLAGE_SECRET_KEY back as it was when they were "
            "made; or delete the file, log in anew, and give the new token in AIGUILLAGE_MATRIX_TOKEN"
        )

    def others(self) -> KeysError:
        """What to say where the homeserver knows the device by other keys."""
        return KeysError(
            f"the homeserver knows this token's device by other keys than those in {SHOWN}: log in anew, "
            "and give the new token in AIGUILLAGE_MATRIX_TOKEN"
        )
