#!/bin/sh
# isolens: its words (describe, run, …) go to the engine and need no display; anything else opens the window.
self=$(readlink -f "$0")
home=$(dirname "$self")

engine() {
  "$home/resources/engine/node" "$home/resources/engine/command.mjs" "$@" &
  child=$!
  # On a terminal Ctrl-C has reached the engine already.
  trap '[ -t 0 ] || kill -INT "$child"' INT
  trap 'kill -TERM "$child"' TERM HUP
  wait "$child"
  status=$?
  while kill -0 "$child" 2>/dev/null; do
    wait "$child"
    status=$?
  done
  if [ "$status" -gt 130 ]; then
    message='The computing process ended in the middle of the work.'
    way='What was saved is kept; run the same command again with --resume.'
    if [ -t 2 ]; then
      echo "$message (engine/lost) $way" >&2
    else
      echo "{\"error\":{\"code\":\"engine/lost\",\"message\":\"$message\",\"wayOn\":\"$way\"}}" >&2
    fi
    exit 3
  fi
  exit "$status"
}

case ${1-} in
describe | run | merge | phantom | openkbp | doctor | help | -h | --help | -V | --version) engine "$@" ;;
'' | -*) ;;
*) [ -e "$1" ] || engine "$@" ;;
esac
if [ -z "${DISPLAY-}" ] && [ -z "${WAYLAND_DISPLAY-}" ]; then
  echo 'There is no display for the window; isolens run JOB.json --out FOLDER works without one.' >&2
  exit 2
fi
exec "$home/isolens-window" "$@"
