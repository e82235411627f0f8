"""Reading dates, and other help for the native module."""

from __future__ import annotations

import datetime
from typing import Any


def _parse_date(text: Any) -> Any:
    return _parse(text, "date", lambda moment: moment.date())


def _parse_datetime(text: Any) -> Any:
    return _parse(text, "datetime", lambda moment: moment)


def _parse(text: Any, what: str, finish: Any) -> Any:
    # Slow to import, and needed only by those whose answers have dates.
    from dateutil.parser import parse

    try:
        moment: datetime.datetime = parse(text)
    except (ValueError, OverflowError):
        from .rest import ApiException

        raise ApiException(status=0, reason=f"Failed to parse `{text}` as {what} object") from None
    return finish(moment)
