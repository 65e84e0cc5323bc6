#!/bin/sh
# grow_tree.sh DEPTH PID_FILE: 2^(DEPTH+1)-1 processes that write their pids and stay.
# One child of each is in a session of its own; the leaves ignore SIGTERM.
echo $$ >>"$2"
if [ "$1" -eq 0 ]; then
    trap '' TERM
    exec sleep 1000
fi
setsid sh "$0" $(($1 - 1)) "$2" &
sh "$0" $(($1 - 1)) "$2" &
wait
