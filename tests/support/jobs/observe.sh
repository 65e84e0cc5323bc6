# Given to `sh -c` as a text, so that no descriptor is open for it: copy into the directory $0
# what /proc says of this shell. Children do the opening and the redirecting (dash redirects
# before it forks); so the shell stays as it was executed, which Python does not: it ignores
# SIGPIPE and may set LC_CTYPE (PEP 538).
sh -c 'ls -l "$1/fd" >"$0/fds"' "$0" "/proc/$$"
for name in status cmdline environ stat limits oom_score_adj; do
    cp "/proc/$$/$name" "$0/$name"
done
readlink "/proc/$$/cwd" >"$0/cwd"
ionice -p $$ >"$0/ionice"
umask >"$0/umask"
cat >"$0/stdin"
