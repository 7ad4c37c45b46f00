"""What a row of each kind must hold: the fact tables, one TOML file each, from which everything else is made."""

from housewide.facts.tables.declarations import Column, FactTable, Rule
from housewide.facts.tables.reading import BadTable, read_table, register_folder, table, tables

__all__ = ["BadTable", "Column", "FactTable", "Rule", "read_table", "register_folder", "table", "tables"]
