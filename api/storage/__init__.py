"""Storage: the Store is the door; SqlJournal is what one transaction gives a conversation."""

from api.storage.engine import DatabaseURLError
from api.storage.journal import FreeTextError, SqlJournal
from api.storage.publications import Kept, Publication
from api.storage.reading import Selection, UnknownEnquiryError
from api.storage.schema import NaiveInstantError
from api.storage.store import StorageError, Store

__all__ = [
    "DatabaseURLError",
    "FreeTextError",
    "Kept",
    "NaiveInstantError",
    "Publication",
    "Selection",
    "SqlJournal",
    "StorageError",
    "Store",
    "UnknownEnquiryError",
]
