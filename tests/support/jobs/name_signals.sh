#!/bin/sh
# name_signals.sh SIGNAL...: print the name of each of these that comes, and stay.
for name in "$@"; do
    # shellcheck disable=SC2064 # the name of now is wanted
    trap "echo got $name" "$name"
done
echo ready
while :; do
    sleep 1000 &
    wait $!
    kill $!
done 2>/dev/null
