"""The subcommands of `evolink-contracts`, one module each."""
