# Options: the base of every options class; checked values that become flags, TOML keys and JSON.
"""Options: the base of every options class; checked values that become flags, TOML keys and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import pydantic

from aekit.errors import UsageError, unknown_name


class Options(pydantic.BaseModel):
    """Base of the options of a modality, an objective and the trainer.

    Declare fields with `pydantic.Field(default, ge=..., description=...)`: each becomes a flag of
    `aekit train`, a key of its TOML file and an argument of `aekit.train`. Field types may be `int`,
    `float`, `bool`, `str`, `Literal[...]`, or one of these `| None`. Unknown names are refused.
    """

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True, validate_default=True)


T = TypeVar("T", bound=Options)


def check(kind: type[T], values: Mapping[str, Any], owner: str) -> T:
    """Build options of class `kind` from `values`.

    Args:
        kind: the options class.
        values: option names (snake case) and their values.
        owner: whose options these are, for the message: "the plugin 'image'".

    Raises:
        UsageError: a name is unknown or a value is out of range; says what was received and expected.
    """
    for name in values:
        if name not in kind.model_fields:
            raise UsageError(unknown_name(f"option of {owner}", name, kind.model_fields))
    try:
        return kind.model_validate(dict(values))
    except pydantic.ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"]) or owner
        said = first["msg"].removeprefix("Input ").removeprefix("Value error, ")
        raise UsageError(f"{name}: {said} (received {first['input']!r})") from None


def route(values: Mapping[str, Any], owners: Mapping[str, type[Options]]) -> dict[str, dict[str, Any]]:
    """Share one flat mapping of option names out among several options classes.

    Raises:
        UsageError: a name belongs to none of them, or two of them declare the same name.
    """
    home: dict[str, str] = {}
    for owner, kind in owners.items():
        for name in kind.model_fields:
            if name in home:
                raise UsageError(
                    f"The option '{name}' is declared by {home[name]} and by {owner}; rename one of them."
                )
            home[name] = owner
    shares: dict[str, dict[str, Any]] = {owner: {} for owner in owners}
    for name, value in values.items():
        if name not in home:
            raise UsageError(unknown_name("option", name, home))
        shares[home[name]][name] = value
    return shares


def listed(names: Iterable[str]) -> str:
    """`a, b and c`, for messages."""
    words = list(names)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
