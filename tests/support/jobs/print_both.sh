#!/bin/sh
# print_both.sh COUNT: lines to standard output and standard error, by turns.
i=1
while [ "$i" -le "$1" ]; do
    echo "out $i"
    echo "err $i" >&2
    i=$((i + 1))
done
