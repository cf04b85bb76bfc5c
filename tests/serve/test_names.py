from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.control.accounts import account_name


@settings(max_examples=20)
@given(st.binary(min_size=1, max_size=32), st.text(max_size=40))
def test_the_same_seed_invents_the_same_name(seed: bytes, account: str) -> None:
    """A name follows from the seed and the account, and from nothing else."""
    assert account_name(seed, account) == account_name(seed, account) != ""


def test_another_seed_and_another_account_have_other_names() -> None:
    """Names differ where the universe or the account does."""
    names = [account_name(seed, account) for seed in (b"1", b"2") for account in ("A", "B")]
    assert len(set(names)) == 4
