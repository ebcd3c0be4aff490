"""The size of items, and what reading and writing them costs.

After the developer guide, "DynamoDB item sizes and formats" and "Capacity unit consumption
for write operations": names and strings in UTF-8, a number a byte for two digits and one
more, a map or list three bytes and one for each element; a write unit for each KB begun, a
read unit for each 4 KB begun, half of it where the read may be stale. An update costs as
the larger of the item before and after; a refused one as the item that it met.
"""

from simulation.dynamodb.values import Item, Many, Value, is_number

WRITE_UNIT = 1_024
READ_UNIT = 4_096
_SMALL = 10
ITEM_BYTES_MAX = 400 * 1_024
TRANSACTION_BYTES_MAX = 4 * 1_024 * 1_024


def size_of(value: Value) -> int:
    """Return how many bytes *value* takes, without its name."""
    kind = type(value)
    if kind is str:
        return len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))
    if is_number(value):
        return 2 if -_SMALL < value < _SMALL else (_digits(value) + 1) // 2 + 1
    if kind is bool or value is None:
        return 1
    if kind is dict:
        return 3 + sum(1 + len(name.encode()) + size_of(member) for name, member in value.items())
    if kind is bytes:
        return len(value)
    members = value.members if isinstance(value, Many) else value
    overhead = 0 if isinstance(value, Many) else 3 + len(value)
    return overhead + sum(size_of(member) for member in members)


def attribute_size(name: str, value: Value) -> int:
    """Return how many bytes an attribute takes, with its name."""
    return (len(name) if name.isascii() else len(name.encode())) + size_of(value)


def item_size(item: Item) -> int:
    """Return how many bytes *item* takes."""
    return sum(attribute_size(name, value) for name, value in item.items())


def write_units(size: int) -> int:
    """Return what writing an item of *size* costs, outside of a transaction."""
    return -(-size // WRITE_UNIT) or 1


def read_units(size: int, *, consistent: bool) -> float:
    """Return what reading *size* bytes costs, outside of a transaction."""
    units = -(-size // READ_UNIT) or 1
    return units if consistent else units / 2


def _digits(value: Value) -> int:
    text = str(value)
    return len(text.lstrip("-").replace(".", "").strip("0"))
