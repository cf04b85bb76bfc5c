#!/bin/sh
# Makes a video by curl, and writes it into a file.
set -eu
api=https://api.evolink.ai
wanted='{"model": "wan2.6-reference-video-flash", "prompt": "character1 dances on a roof", "video_urls": ["https://example.com/dancer.mp4"]}'

ask() { curl -sS --fail-with-body -H "Authorization: Bearer $EVOLINK_API_KEY" -H 'Content-Type: application/json' "$@"; }
field() { printf %s "$task" | sed -n "s/.*\"$1\": *\[*\"\([^\"]*\)\".*/\1/p"; }

task=$(ask -d "$wanted" "$api/v1/videos/generations")
id=$(field id)
while :; do
  task=$(ask "$api/v1/tasks/$id")
  case $(field status) in completed | failed | cancelled) break ;; esac
  sleep 0.05
done
curl -sS --fail -o video.mp4 "$(field results)"
echo "$id $(field status)"
