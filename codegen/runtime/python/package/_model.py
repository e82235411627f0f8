"""What all models have in common."""

from __future__ import annotations

import pprint
from typing import Any, ClassVar


class Model:
    """Base of the models: plain objects with a property for each property of the document.

    ``swagger_types`` and ``attribute_map`` are the tables by which models are read from and
    written to JSON. Values live in attributes named like the properties with ``_`` before.
    """

    swagger_types: ClassVar[dict[str, str]] = {}
    attribute_map: ClassVar[dict[str, str]] = {}

    def __init_subclass__(cls, generated: bool = False, discriminator: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if generated:
            # What the class looks like before anybody can have changed it: as long as it still does,
            # answers may fill its instances without calling the constructor.
            properties = tuple(cls.__dict__[name] for name in cls.swagger_types)
            cls._blueprint = (cls, cls.__init__, properties, discriminator)  # type: ignore[attr-defined]

    def to_dict(self) -> dict[str, Any]:
        """The properties by their Python names; models inside become dicts too."""
        return {name: _plain(getattr(self, name)) for name in self.swagger_types}

    def to_str(self) -> str:
        """The properties as text."""
        return pprint.pformat(self.to_dict())

    def __repr__(self) -> str:
        return self.to_str()

    def __eq__(self, other: object) -> bool:
        base = next((c for c in type(self).__mro__ if "_blueprint" in c.__dict__), type(self))
        return isinstance(other, base) and self.__dict__ == other.__dict__

    def __ne__(self, other: object) -> bool:
        return not self == other

    # Models can change, so they are no keys.
    __hash__ = None  # type: ignore[assignment]


def child_of(classes: dict[str, str], data: Any, discriminator: str) -> str | None:
    """The class that the discriminator of some data names, if it names one of these."""
    value = str(data.get(discriminator)) if isinstance(data, dict) else ""
    return classes.get(value) or classes.get(value.lower())


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [item.to_dict() if hasattr(item, "to_dict") else item for item in value]
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, dict):
        return {key: item.to_dict() if hasattr(item, "to_dict") else item for key, item in value.items()}
    return value
