#!/bin/sh
# Put a client of the EvoLink video API on trial wherever there is a shell, and keep what came of it in ./evolink.
#
#     sh trial.sh python make_video.py
#
# Exits with 0 if the client keeps all rules, 1 if it broke one, and 2 if that could not be found out.
set -eu

mkdir -p evolink
code=0
evolink-contracts client --expects "${EXPECTS:-download}" --keep evolink/scenarios \
  --format markdown --output evolink/verdict.md --format junit --output evolink/verdict.xml --format text \
  -- "$@" || code=$?

case $code in
  0) echo "The client keeps all rules that it was put to the test of." ;;
  1) echo "The client broke a rule: evolink/verdict.md can be pasted into an issue." ;;
  *) echo "Nothing could be found out: see above." >&2 ;;
esac
exit "$code"
