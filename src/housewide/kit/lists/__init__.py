"""Every list of the house: filter, sort, page, tick, export; the same for database records and for counted rows."""

from housewide.kit.lists.columns import Cell, Column, Filter, Sort
from housewide.kit.lists.pages import Page
from housewide.kit.lists.responses import BulkAction, list_response
from housewide.kit.lists.sources import FetchedSource, ListSource, QuerySetSource, RowSource

__all__ = [
    "BulkAction",
    "Cell",
    "Column",
    "FetchedSource",
    "Filter",
    "ListSource",
    "Page",
    "QuerySetSource",
    "RowSource",
    "Sort",
    "list_response",
]
