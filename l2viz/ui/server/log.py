"""The log: warnings as text, or each event as one JSON object a line, for a program to read."""

from __future__ import annotations

import json
import logging
import time
from typing import Any

_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object: time, level, message, and what the event names."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        named = {k: v for k, v in vars(record).items() if k not in _OF_EVERY_RECORD}
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            **named,
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure(log: str) -> None:
    """Let the loggers of l2viz write as `log` says, "text" or "json"."""
    if log != "json":
        return
    logger = logging.getLogger("l2viz")
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
