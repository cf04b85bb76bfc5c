#!/bin/sh
# Make a video with curl and jq: create a task, follow it to its end, download the result.
#
#     EVOLINK_API_KEY=sk-... sh curl.sh [FILE]
#
# Against a simulator: EVOLINK_BASE_URL=http://127.0.0.1:8765 EVOLINK_API_KEY=sk-mock-default EVOLINK_POLL_SECONDS=1
set -eu

base=${EVOLINK_BASE_URL:-https://api.evolink.ai}
key=${EVOLINK_API_KEY:?set it to your key}
target=${1:-video.mp4}
poll_seconds=${EVOLINK_POLL_SECONDS:-8}
deadline=$(($(date +%s) + 15 * 60))
request='{
  "model": "wan2.6-reference-video-flash",
  "prompt": "character1 dances on a roof at dusk",
  "video_urls": ["https://example.com/dancer.mp4"],
  "duration": 5
}'

answer=$(mktemp)
trap 'rm -f "$answer"' EXIT

# Send a request and leave the answer in a file. curl itself tries again what may pass (429, 500, 502, 503, 504), after
# the time that Retry-After asks for; any other error ends the program with the API's own words.
call() {
  curl --silent --show-error --fail-with-body --retry 3 --max-time 60 --output "$answer" \
    --header "Authorization: Bearer $key" "$@" || {
    jq --raw-output '.error | "\(.code): \(.message)"' "$answer" >&2 || head -c 200 "$answer" >&2
    exit 1
  }
}

# One key for one wish: however often the request is sent, one task is created and paid for.
once=run_$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
call "$base/v1/videos/generations" --header "Idempotency-Key: $once" --header "Content-Type: application/json" \
  --data "$request"
id=$(jq --raw-output .id "$answer")
echo "created $id"

while :; do
  call "$base/v1/tasks/$id"
  status=$(jq --raw-output .status "$answer")
  case $status in pending | processing) ;; *) break ;; esac
  if [ "$(date +%s)" -gt "$deadline" ]; then
    echo "$id is still $status; ask again later" >&2
    exit 1
  fi
  jq --raw-output '"\(.status) \(.progress) %"' "$answer"
  sleep "$poll_seconds"
done

if [ "$status" != completed ]; then
  jq --raw-output '"\(.status): \(.error.code): \(.error.message)"' "$answer" >&2
  exit 1
fi
link=$(jq --raw-output '.results[0]' "$answer")
echo "result $link"

# A link needs no key, so none is sent; it holds for 24 hours.
curl --silent --show-error --fail --location --retry 3 --output "$target" "$link"
echo "saved $target"
