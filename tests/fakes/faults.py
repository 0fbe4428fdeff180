"""What goes wrong at Telegram: refusals, and the faults a test orders."""

from dataclasses import dataclass, field

WORDS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests: retry after {retry_after}",
    500: "Internal Server Error",
}


class Refusal(Exception):
    """Telegram says no: an HTTP status, its words, perhaps `retry_after` seconds to wait."""

    def __init__(self, status: int, words: str | None = None, retry_after: int | None = None) -> None:
        self.status = status
        self.words = words or WORDS.get(status, "Error").format(retry_after=retry_after)
        self.retry_after = retry_after
        super().__init__(self.words)

    def body(self) -> dict[str, object]:
        """The JSON object that carries the refusal."""
        body = {"ok": False, "error_code": self.status, "description": self.words}
        if self.retry_after is not None:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


@dataclass
class Fault:
    """One ordered fault: the next `times` calls of `method` (None: all) are refused, or hang.

    With `done`, the call has its effect and only its answer goes wrong.
    """

    method: str
    refusal: Refusal | None
    times: int | None = 1
    done: bool = False
    chat: int | None = None

    def strikes(self, method: str, chat: object) -> bool:
        """Whether this call is one of those; it then counts as struck."""
        if self.times == 0 or self.method != method or self.chat not in (None, chat):
            return False
        self.times = None if self.times is None else self.times - 1
        return True


@dataclass
class Faults:
    """The faults still to come, in the order they were ordered."""

    ordered: list[Fault] = field(default_factory=list)

    def strike(self, method: str, chat: object) -> Fault | None:
        """The fault this call meets, if any."""
        return next((fault for fault in self.ordered if fault.strikes(method, chat)), None)
