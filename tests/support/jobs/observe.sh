# Given to `sh -c` as a text, so that no descriptor is open for it: copy into the directory $0
# what /proc says of this shell, which is dash. Python would not do: it ignores SIGPIPE and may
# set LC_CTYPE (PEP 538). The order matters: dash has an empty signal mask once it has forked,
# and what it redirects for a child it redirects in itself.
while IFS= read -r line; do
    printf '%s\n' "$line"
done <"/proc/$$/status" >"$0/status"
sh -c 'ls -l "$1/fd" >"$0/fds"' "$0" "/proc/$$"
for name in cmdline environ stat limits oom_score_adj; do
    cp "/proc/$$/$name" "$0/$name"
done
readlink "/proc/$$/cwd" >"$0/cwd"
ionice -p $$ >"$0/ionice"
umask >"$0/umask"
cat >"$0/stdin"
