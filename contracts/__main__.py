"""`python -m contracts` is `evolink-contracts`."""

from contracts.cli import main

main()
