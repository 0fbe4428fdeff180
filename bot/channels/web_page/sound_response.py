"""Sound -> a response that every browser plays: Safari asks for ranges of bytes, even for a few seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

_RANGE = re.compile(r"bytes=(\d{1,12})-(\d{0,12})", re.ASCII)


def sound_response(request: Request, media: str, sound: bytes, headers: Mapping[str, str]) -> Response:
    """The whole sound, or the one range of bytes that was asked for (206), or 416 for one that is not there."""
    kept = {**headers, "Accept-Ranges": "bytes", "Content-Disposition": "inline"}
    wanted = _RANGE.fullmatch(request.headers.get("range", ""))
    if wanted is None:
        return Response(sound, headers=kept, media_type=media)
    first, last = int(wanted[1]), min(int(wanted[2] or len(sound) - 1), len(sound) - 1)
    if first > last:
        return Response(status_code=416, headers={**kept, "Content-Range": f"bytes */{len(sound)}"})
    kept["Content-Range"] = f"bytes {first}-{last}/{len(sound)}"
    return Response(sound[first : last + 1], 206, kept, media)
