"""The subcommands of `evolink-mock`, one module each, and what those of all programs of the package have in common.

Options are declared without what they are for: whoever asks for help, or completes a word, waits for nothing else.
"""
