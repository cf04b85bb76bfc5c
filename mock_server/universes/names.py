"""What has to be invented: names for things that the real platform would have names for, the same for the same seed."""

from hashlib import blake2b


def account_name(seed: bytes, account: str) -> str:
    """Invent the name of an account's holder."""
    from faker import Faker  # noqa: PLC0415 - takes longer to import than the server takes to start

    faker = Faker("en_US", use_weighting=False)
    faker.seed_instance(int.from_bytes(blake2b(account.encode(), key=seed, digest_size=8).digest(), "big"))
    name: str = faker.company()
    return name
