# Print what zsh offers for a command line: complete.zsh DIRECTORY DUMP LINE
#
# DIRECTORY is put before fpath. What compinit finds there, and among zsh's own, takes it most of a
# second: it keeps it in DUMP for the next time. A shell on a terminal of its own gets the line and
# a TAB; its compadd prints each match, and what is printed between the two marks is passed on.

zmodload zsh/zpty
zpty shell 'TERM=dumb exec zsh -f -i'

until_mark() {
  local line
  while zpty -r shell line; do
    line=${line%%[$'\r\n']##}
    [[ $line == *"<$1>" ]] && return
    [[ $line == "match "* ]] && print -r -- "${line#match }"
  done
}

setopt extended_glob
zpty -w shell 'setopt rc_quotes; PROMPT=; unset zle_bracketed_paste; stty -echo -onlcr'
zpty -w shell "fpath=(${(q)1} \$fpath); autoload -Uz compinit && compinit -u -d ${(q)2}"
zpty -w shell 'compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
    builtin compadd "$@"
    return
  fi
  local -a hits
  builtin compadd -A hits "$@"
  (( $#hits )) && print -lr -- "match "$^hits
  builtin compadd "$@"
}
compprefuncs=(before); before() { print -r -- "<before>" }
comppostfuncs=(after); after() { print -r -- "<after>"; exit }
bindkey "^I" list-choices
print -r -- "<re""ady>"'
until_mark ready
zpty -w -n shell "$3"$'\t'
until_mark before >/dev/null
until_mark after
zpty -d shell
