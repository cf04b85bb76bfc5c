"""What not every client does, so that nobody is judged by what it is not made for."""

from typing import Final, Literal, TypeAlias, get_args

Capability: TypeAlias = Literal["callback", "cancel", "download", "several", "upload"]
"""It takes callbacks; it ends in good order when it is told to; it fetches results; it makes several videos side by
side where EVOLINK_TASKS says how many; it uploads its reference videos."""

CAPABILITIES: Final[tuple[Capability, ...]] = get_args(Capability)
"""All of them."""
