#!/bin/sh
# leave_daemon.sh PID_FILE [STATUS]: leave a process behind, in a session of its own and with a
# parent that has ended, that keeps our output open; then end with STATUS.
(setsid sh -c 'echo $$ >"$0"; exec sleep 1000' "$1" &)
until [ -s "$1" ]; do sleep 0.01; done
echo left
exit "${2:-0}"
