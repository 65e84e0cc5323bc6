# Completion of cronwrap(1) for bash, with bash-completion or without.
# Written by `python -m cronwrap.docgen`; every word is in it, so that a TAB starts no Python.

_cronwrap()
{
    local cur=${COMP_WORDS[COMP_CWORD]} command="" option i=1
    COMPREPLY=()
    [[ $cur == [:=] ]] && cur=""
    while ((i < COMP_CWORD)); do
        case "$command ${COMP_WORDS[i]}" in
            " config" | " explain" | " flush" | " forget" | " history" | " kill" | " lint" | " logs" | " next" | " overdue" | " pause" | " ping" | " resume" | " run" | " running" | " services" | " status" | " sync" | " test" | "config check" | "config show")
                command="${command:+$command }${COMP_WORDS[i]}"
                ((i++))
                ;;
            *) break ;;
        esac
    done
    while ((i < COMP_CWORD)); do
        option=${COMP_WORDS[i]}
        ((i++))
        case "${command#run}:$option" in
            :--)
                _cronwrap_job "$i"
                return
                ;;
            "config check":--config | "config show":--config | :--chdir | \
                :--check | :--config | :--endpoint | :--env-file | \
                :--environment | :--expect | :--fail-after | :--fail-after-skips \
                | :--fail-if | :--fail-unless | :--fast-factor | :--grace | \
                :--heartbeat | :--ionice | :--keep-output | :--kill-after | \
                :--lock | :--log-dir | :--log-limit | :--max-parallel | \
                :--min-duration | :--nice | :--output | :--overlap | \
                :--overlap-limit | :--redact | :--report-budget | :--retries | \
                :--retry-backoff | :--retry-delay | :--schedule | :--signal | \
                :--skip-codes | :--slow-factor | :--splay | :--stall-action | \
                :--stall-timeout | :--state-dir | :--success-codes | :--tag | \
                :--tail-bytes | :--timeout | :--timezone | :--umask | \
                :--warn-codes | :--warn-if | :-c | :-e | :-t | explain:--dialect \
                | flush:--report-budget | flush:--state-dir | forget:--config | \
                forget:--state-dir | history:--config | history:--limit | \
                history:--state-dir | history:-n | kill:--config | kill:--run | \
                kill:--state-dir | kill:--wait | lint:--as | lint:--baseline | \
                lint:--config | lint:--dialect | lint:--fail-on | lint:--format \
                | lint:--ignore | lint:--root | lint:--select | lint:--user | \
                lint:--write-baseline | lint:-f | lint:-i | lint:-s | lint:-u | \
                logs:--config | logs:--run | logs:--state-dir | next:--after | \
                next:--dialect | next:--limit | next:--user | next:--zone | \
                next:-n | next:-u | next:-z | overdue:--config | \
                overdue:--state-dir | pause:--state-dir | pause:--until | \
                ping:--config | ping:--detail | ping:--endpoint | ping:--phase | \
                ping:--run-id | ping:--state-dir | ping:-e | resume:--state-dir \
                | running:--config | running:--state-dir | services:--config | \
                status:--config | status:--state-dir | sync:--config | \
                test:--check | test:--config | test:--phase | \
                test:--report-budget | test:-c)
                [[ ${COMP_WORDS[i]} == "=" ]] && ((i < COMP_CWORD)) && ((i++))
                if ((i == COMP_CWORD)); then
                    _cronwrap_value "$option"
                    return
                fi
                ((i++))
                while ((i <= COMP_CWORD)) && [[ ${COMP_WORDS[i]} == [:=]* ]]; do
                    ((i += 2))
                done
                ((i > COMP_CWORD)) && return
                ;;
            *:-*) ;;
            :*)
                _cronwrap_job "$((i - 1))"
                return
                ;;
        esac
    done
    case "$command:$cur" in
        :-*)
            COMPREPLY=($(compgen -W "
                -c --check -e --endpoint -t --timeout --kill-after --signal
                --chdir --env-file --nice --ionice --umask --overlap --lock
                --lock-per-args --max-parallel --fail-after-skips
                --overlap-limit --splay --splay-random --retries --retry-delay
                --retry-backoff --output --no-capture --tail-bytes --keep-output
                --log-dir --log-limit --success-codes --warn-codes --skip-codes
                --fail-if --fail-unless --warn-if --fail-on-stderr
                --fail-on-empty-output --min-duration --expect --stall-timeout
                --stall-action --strict-exit --no-output-in-report --redact
                --environment --tag --fail-after --slow-factor --fast-factor
                --heartbeat --report-budget --schedule --timezone --grace
                --config --state-dir --dry-run -v --verbose --version -h --help
            " -- "$cur"))
            ;;
        run:-*)
            COMPREPLY=($(compgen -W "
                -c --check -e --endpoint -t --timeout --kill-after --signal
                --chdir --env-file --nice --ionice --umask --overlap --lock
                --lock-per-args --max-parallel --fail-after-skips
                --overlap-limit --splay --splay-random --retries --retry-delay
                --retry-backoff --output --no-capture --tail-bytes --keep-output
                --log-dir --log-limit --success-codes --warn-codes --skip-codes
                --fail-if --fail-unless --warn-if --fail-on-stderr
                --fail-on-empty-output --min-duration --expect --stall-timeout
                --stall-action --strict-exit --no-output-in-report --redact
                --environment --tag --fail-after --slow-factor --fast-factor
                --heartbeat --report-budget --schedule --timezone --grace
                --config --state-dir --dry-run -v --verbose -h --help
            " -- "$cur"))
            ;;
        config:-*)
            COMPREPLY=($(compgen -W "-h --help" -- "$cur"))
            ;;
        "config show":-*)
            COMPREPLY=($(compgen -W "--config -h --help" -- "$cur"))
            ;;
        "config check":-*)
            COMPREPLY=($(compgen -W "--config -h --help" -- "$cur"))
            ;;
        status:-*)
            COMPREPLY=($(compgen -W "--json --config --state-dir -h --help" -- "$cur"))
            ;;
        history:-*)
            COMPREPLY=($(compgen -W "
                -n --limit --failed --json --config --state-dir -h --help
            " -- "$cur"))
            ;;
        logs:-*)
            COMPREPLY=($(compgen -W "
                --run -f --follow --raw --json --config --state-dir -h --help
            " -- "$cur"))
            ;;
        running:-*)
            COMPREPLY=($(compgen -W "--json --config --state-dir -h --help" -- "$cur"))
            ;;
        kill:-*)
            COMPREPLY=($(compgen -W "
                --run --wait --json --config --state-dir -h --help
            " -- "$cur"))
            ;;
        pause:-*)
            COMPREPLY=($(compgen -W "
                --until --all --json --state-dir -h --help
            " -- "$cur"))
            ;;
        resume:-*)
            COMPREPLY=($(compgen -W "--all --json --state-dir -h --help" -- "$cur"))
            ;;
        overdue:-*)
            COMPREPLY=($(compgen -W "
                --dry-run --json --config --state-dir -h --help
            " -- "$cur"))
            ;;
        ping:-*)
            COMPREPLY=($(compgen -W "
                --phase --detail --run-id -e --endpoint --json --config
                --state-dir -h --help
            " -- "$cur"))
            ;;
        forget:-*)
            COMPREPLY=($(compgen -W "--json --config --state-dir -h --help" -- "$cur"))
            ;;
        lint:-*)
            COMPREPLY=($(compgen -W "
                -u --user --dialect --as -s --select -i --ignore -f --format
                --fail-on --diff --fix --unsafe-fixes --host --root --baseline
                --write-baseline --config -h --help
            " -- "$cur"))
            ;;
        explain:-*)
            COMPREPLY=($(compgen -W "--dialect -h --help" -- "$cur"))
            ;;
        next:-*)
            COMPREPLY=($(compgen -W "
                -n --limit --dialect -z --zone --after -u --user --json -h
                --help
            " -- "$cur"))
            ;;
        flush:-*)
            COMPREPLY=($(compgen -W "
                --list --report-budget --json --state-dir -h --help
            " -- "$cur"))
            ;;
        services:-*)
            COMPREPLY=($(compgen -W "--config --json -h --help" -- "$cur"))
            ;;
        test:-*)
            COMPREPLY=($(compgen -W "
                -c --check --phase --report-budget --config --json -h --help
            " -- "$cur"))
            ;;
        sync:-*)
            COMPREPLY=($(compgen -W "--apply --config --json -h --help" -- "$cur"))
            ;;
        run:*) _cronwrap_job "$COMP_CWORD" ;;
        config:*)
            COMPREPLY=($(compgen -W "show check" -- "$cur"))
            ;;
        :*)
            # Without a letter of it, no list of all the commands there are.
            [[ -z $cur && COMP_CWORD -eq 1 ]] || _cronwrap_job "$COMP_CWORD"
            ((COMP_CWORD == 1)) && COMPREPLY+=($(compgen -W "run config status history logs running kill pause resume overdue ping forget lint explain next flush services test sync" -- "$cur"))
            ;;
    esac
}

# Complete the value of an option.
_cronwrap_value()
{
    case $1 in
        --signal) COMPREPLY=($(compgen -W "TERM INT HUP QUIT USR1 USR2 KILL" -- "$cur")) ;;
        --ionice) COMPREPLY=($(compgen -W "realtime best-effort idle" -- "$cur")) ;;
        --overlap) COMPREPLY=($(compgen -W "allow skip wait replace" -- "$cur")) ;;
        --output) COMPREPLY=($(compgen -W "all on-failure none" -- "$cur")) ;;
        --stall-action) COMPREPLY=($(compgen -W "warn end" -- "$cur")) ;;
        --phase) COMPREPLY=($(compgen -W "start success fail log" -- "$cur")) ;;
        --dialect) COMPREPLY=($(compgen -W "bcron busybox cronie debian portable supercronic systemd" -- "$cur")) ;;
        --as) COMPREPLY=($(compgen -W "system user" -- "$cur")) ;;
        --format | -f) COMPREPLY=($(compgen -W "text json jsonl sarif github gitlab junit checkstyle" -- "$cur")) ;;
        --fail-on) COMPREPLY=($(compgen -W "error warning info never" -- "$cur")) ;;
        --baseline | --config | --env-file | --write-baseline)
            local IFS=$'\n'
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -f -- "$cur"))
            ;;
        --chdir | --log-dir | --root | --state-dir)
            local IFS=$'\n'
            compopt -o filenames 2>/dev/null
            COMPREPLY=($(compgen -d -- "$cur"))
            ;;
    esac
}

# Complete the job, which begins at word $1, as if it stood alone.
_cronwrap_job()
{
    local IFS=$' \t\n'
    if declare -F _comp_command_offset >/dev/null; then
        _comp_command_offset "$1"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$1"
    elif ((COMP_CWORD == $1)); then
        IFS=$'\n'
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -c -- "$cur"))
    else
        compopt -o default 2>/dev/null
    fi
}

complete -F _cronwrap cronwrap
