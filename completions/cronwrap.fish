# Completion of cronwrap(1) for fish.
# Written by `python -m cronwrap.docgen`; every word is in it, so that a TAB starts no Python.

# Print where the cursor is, on the first line: "first" (the first word), "run" (among the options
# of a run), "value" (of one of them), "job", or a subcommand; then the words of the job.
function __cronwrap_place
    set -l words (commandline -opc)
    set -e words[1]
    if not set -q words[1]
        echo first
        return
    end
    set -l place
    while contains -- "$place $words[1]" ' run' ' config' 'config show' 'config check' ' status' ' history' ' logs' ' running' ' kill' ' pause' ' resume' ' overdue' ' ping' ' forget' ' lint' ' explain' ' next' ' flush' ' services' ' test' ' sync'
        set place (string trim -- "$place $words[1]")
        set -e words[1]
    end
    if not contains -- "$place" '' run
        echo $place
        return
    end
    while set -q words[1]
        switch $words[1]
            case --
                set -e words[1]
                printf '%s\n' job $words
                return
            case -c --check -e --endpoint -t --timeout --kill-after --signal --chdir --env-file --nice --ionice --umask --overlap --lock --max-parallel --fail-after-skips --overlap-limit --splay --retries --retry-delay --retry-backoff --output --tail-bytes --keep-output --log-dir --log-limit --success-codes --warn-codes --skip-codes --fail-if --fail-unless --warn-if --min-duration --expect --stall-timeout --stall-action --redact --environment --tag --fail-after --slow-factor --fast-factor --heartbeat --report-budget --schedule --timezone --grace --config --state-dir
                set -e words[1]
                if not set -q words[1]
                    echo value
                    return
                end
            case '-*'
            case '*'
                printf '%s\n' job $words
                return
        end
        set -e words[1]
    end
    echo run
end

function __cronwrap_at
    set -l place (__cronwrap_place)
    contains -- "$place[1]" $argv
end

# Complete the job as if it stood alone; at the first word not without a letter of it, for that
# would be all the commands there are.
function __cronwrap_job
    set -l place (__cronwrap_place)
    set -l word (commandline -ct)
    contains -- "$place[1]" first run job; or return
    test "$place[1]" != job; and string match -q -- '-*' "$word"; and return
    test "$place[1]" = first -a -z "$word"; and return
    set -l line (string escape -- $place[2..-1]) "$word"
    complete --do-complete="$line"
end

complete -c cronwrap -f
complete -c cronwrap -n '__cronwrap_at first run job' -a '(__cronwrap_job)'
complete -c cronwrap -n '__cronwrap_at first' -a run -d 'Run a job; `cronwrap -- COMMAND` is the same'
complete -c cronwrap -n '__cronwrap_at first' -a config -d 'Show and check the configuration'
complete -c cronwrap -n '__cronwrap_at first' -a status -d 'Show how each check is: its last run, whether it runs now, and when it is due'
complete -c cronwrap -n '__cronwrap_at first' -a history -d 'Show the runs that this machine remembers, the newest first'
complete -c cronwrap -n '__cronwrap_at first' -a logs -d 'Show what the last run of CHECK wrote: the whole of it with --log-dir, else its end'
complete -c cronwrap -n '__cronwrap_at first' -a running -d 'Show the runs that go on now, of all checks or of each CHECK; exit 1 when there is none'
complete -c cronwrap -n '__cronwrap_at first' -a kill -d 'End the runs of each CHECK that go on, as their timeout would, and wait until they are over'
complete -c cronwrap -n '__cronwrap_at first' -a pause -d 'Have the runs of each CHECK skipped, until `cronwrap resume`; alone, show what is paused'
complete -c cronwrap -n '__cronwrap_at first' -a resume -d 'Let the runs of each CHECK start again; exit 1 when none of them was paused'
complete -c cronwrap -n '__cronwrap_at first' -a overdue -d 'Show the checks that should have run and have not, and report each to its endpoints, once'
complete -c cronwrap -n '__cronwrap_at first' -a ping -d 'Tell the endpoints of CHECK one event, as if a run had done so; nothing is run or recorded'
complete -c cronwrap -n '__cronwrap_at first' -a forget -d 'Forget each CHECK and all of its runs: it is never overdue, and shown no more'
complete -c cronwrap -n '__cronwrap_at first' -a lint -d 'Find the mistakes in crontabs that cron keeps silent about'
complete -c cronwrap -n '__cronwrap_at first' -a explain -d 'Tell what a rule of cronwrap lint is about, or what cron daemons make of an expression'
complete -c cronwrap -n '__cronwrap_at first' -a next -d 'Show when jobs run next, and where a change of the clock has a say in it'
complete -c cronwrap -n '__cronwrap_at first' -a flush -d 'Send now the reports that no endpoint has accepted so far'
complete -c cronwrap -n '__cronwrap_at first' -a services -d 'List the services there are, and what each can carry; your own [services.NAME] too'
complete -c cronwrap -n '__cronwrap_at first' -a test -d 'Send a harmless event to each ENDPOINT, and say what came of it and what that proves'
complete -c cronwrap -n '__cronwrap_at first' -a sync -d 'Compare the checks on monitoring services with [checks.NAME] of the configuration'
complete -c cronwrap -n '__cronwrap_at first' -l version -d 'Show the version'
complete -c cronwrap -n '__cronwrap_at first' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at first run value' -s c -l check -x -d 'Name of the monitored job'
complete -c cronwrap -n '__cronwrap_at first run value' -s e -l endpoint -x -d 'Where to report'
complete -c cronwrap -n '__cronwrap_at first run value' -s t -l timeout -x -d 'End the job and all its processes after this time'
complete -c cronwrap -n '__cronwrap_at first run value' -l kill-after -x -d 'After a timeout, or when told to stop, kill what has not ended in this time'
complete -c cronwrap -n '__cronwrap_at first run value' -l signal -x -a 'TERM INT HUP QUIT USR1 USR2 KILL' -d 'Signal that ends the job at its timeout'
complete -c cronwrap -n '__cronwrap_at first run value' -l chdir -x -a '(__fish_complete_directories)' -d 'Run the job in this directory'
complete -c cronwrap -n '__cronwrap_at first run value' -l env-file -r -F -d 'Add the variables of this file to the job\'s environment, read as systemd reads an EnvironmentFile'
complete -c cronwrap -n '__cronwrap_at first run value' -l nice -x -d 'Add this to the job\'s nice value, -20 to 19'
complete -c cronwrap -n '__cronwrap_at first run value' -l ionice -x -a 'realtime best-effort idle' -d 'I/O priority of the job'
complete -c cronwrap -n '__cronwrap_at first run value' -l umask -x -d 'File mode creation mask of the job, such as 027'
complete -c cronwrap -n '__cronwrap_at first run value' -l overlap -x -a 'allow skip wait replace' -d 'What to do when the last run of the check still goes on'
complete -c cronwrap -n '__cronwrap_at first run value' -l lock -x -d 'Name of the lock that keeps runs apart, which several checks may share'
complete -c cronwrap -n '__cronwrap_at first run value' -l lock-per-args -d 'Keep apart only runs with the same command and arguments'
complete -c cronwrap -n '__cronwrap_at first run value' -l max-parallel -x -d 'How many runs may hold the lock at the same time'
complete -c cronwrap -n '__cronwrap_at first run value' -l fail-after-skips -x -d 'Report skipped runs as failures from this one in a row on'
complete -c cronwrap -n '__cronwrap_at first run value' -l overlap-limit -x -d 'It is a failure when a run is skipped because of one that is older'
complete -c cronwrap -n '__cronwrap_at first run value' -l splay -x -d 'Start the job later by up to so long'
complete -c cronwrap -n '__cronwrap_at first run value' -l splay-random -d 'Have --splay choose anew for each run'
complete -c cronwrap -n '__cronwrap_at first run value' -l retries -x -d 'Start the job again when it has failed, so many times at the most'
complete -c cronwrap -n '__cronwrap_at first run value' -l retry-delay -x -d 'How long to wait before the first retry'
complete -c cronwrap -n '__cronwrap_at first run value' -l retry-backoff -x -d 'By how much each wait is longer than the one before'
complete -c cronwrap -n '__cronwrap_at first run value' -l output -x -a 'all on-failure none' -d 'What of the output is passed on'
complete -c cronwrap -n '__cronwrap_at first run value' -l no-capture -d 'Leave the job our own standard output and error'
complete -c cronwrap -n '__cronwrap_at first run value' -l tail-bytes -x -d 'How much of the end of the output to keep for reports'
complete -c cronwrap -n '__cronwrap_at first run value' -l keep-output -x -d 'How much of the end of the output to keep in the history, without secrets'
complete -c cronwrap -n '__cronwrap_at first run value' -l log-dir -x -a '(__fish_complete_directories)' -d 'Keep the whole output of each run in this directory, in a file of its own, which is compressed and freed of secrets when the run is over'
complete -c cronwrap -n '__cronwrap_at first run value' -l log-limit -x -d 'How much of one run\'s output to keep in the log directory'
complete -c cronwrap -n '__cronwrap_at first run value' -l success-codes -x -d 'Exit statuses that are a success'
complete -c cronwrap -n '__cronwrap_at first run value' -l warn-codes -x -d 'Exit statuses that are a success to be warned of'
complete -c cronwrap -n '__cronwrap_at first run value' -l skip-codes -x -d 'Exit statuses by which the job says that it had nothing to do, neither success nor failure, such as 75'
complete -c cronwrap -n '__cronwrap_at first run value' -l fail-if -x -d 'It is a failure when a line of the output matches this regular expression'
complete -c cronwrap -n '__cronwrap_at first run value' -l fail-unless -x -d 'It is a failure when no line of the output matches this regular expression'
complete -c cronwrap -n '__cronwrap_at first run value' -l warn-if -x -d 'Warn when a line of the output matches this regular expression'
complete -c cronwrap -n '__cronwrap_at first run value' -l fail-on-stderr -d 'It is a failure when anything is written to standard error'
complete -c cronwrap -n '__cronwrap_at first run value' -l fail-on-empty-output -d 'It is a failure when nothing is written'
complete -c cronwrap -n '__cronwrap_at first run value' -l min-duration -x -d 'It is a failure when the job ends sooner'
complete -c cronwrap -n '__cronwrap_at first run value' -l expect -x -d 'It is a failure when a number that the job reports (CRONWRAP_REPORT) is not so, or is missing'
complete -c cronwrap -n '__cronwrap_at first run value' -l stall-timeout -x -d 'The job has stalled when it writes nothing for so long'
complete -c cronwrap -n '__cronwrap_at first run value' -l stall-action -x -a 'warn end' -d 'What to do with a job that has stalled'
complete -c cronwrap -n '__cronwrap_at first run value' -l strict-exit -d 'End with the verdict as exit status'
complete -c cronwrap -n '__cronwrap_at first run value' -l no-output-in-report -d 'Report how the job went, but not what it wrote'
complete -c cronwrap -n '__cronwrap_at first run value' -l redact -x -d 'Take what this regular expression matches, or its first group, out of all that is reported and kept, as [redacted'
complete -c cronwrap -n '__cronwrap_at first run value' -l environment -x -d 'Environment to report, such as production or staging'
complete -c cronwrap -n '__cronwrap_at first run value' -l tag -x -d 'Tag to report'
complete -c cronwrap -n '__cronwrap_at first run value' -l fail-after -x -d 'Report failures as such from this one in a row on'
complete -c cronwrap -n '__cronwrap_at first run value' -l slow-factor -x -d 'Warn of a run that took so many times as long as its last successes usually did'
complete -c cronwrap -n '__cronwrap_at first run value' -l fast-factor -x -d 'Warn of a run that was so many times as fast as its last successes usually were'
complete -c cronwrap -n '__cronwrap_at first run value' -l heartbeat -x -d 'While the job runs, report what it has written so far, again and again after this time, as a log'
complete -c cronwrap -n '__cronwrap_at first run value' -l report-budget -x -d 'How long reporting may take, in all, after the job\'s end'
complete -c cronwrap -n '__cronwrap_at first run value' -l schedule -x -d 'When the job should run, as five fields of cron or as @daily'
complete -c cronwrap -n '__cronwrap_at first run value' -l timezone -x -d 'Time zone of the schedule, such as Europe/Vienna'
complete -c cronwrap -n '__cronwrap_at first run value' -l grace -x -d 'How late a run may begin before it is overdue'
complete -c cronwrap -n '__cronwrap_at first run value' -l config -r -F -d 'Read this configuration file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at first run value' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at first run value' -l dry-run -d 'Print what would run and what would be sent, and do neither'
complete -c cronwrap -n '__cronwrap_at first run value' -s v -l verbose -d 'Say on standard error what is done'
complete -c cronwrap -n '__cronwrap_at run' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at config' -a show -d 'Show each value, and where it comes from'
complete -c cronwrap -n '__cronwrap_at config' -a check -d 'Check the files; exit 1 when something is wrong'
complete -c cronwrap -n '__cronwrap_at config' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at "config show"' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at "config show"' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at "config check"' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at "config check"' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at status' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at status' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at status' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at status' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at history' -s n -l limit -x -d 'Show so many runs'
complete -c cronwrap -n '__cronwrap_at history' -l failed -d 'Leave out what succeeded, was skipped or goes on'
complete -c cronwrap -n '__cronwrap_at history' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at history' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at history' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at history' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at logs' -l run -x -d 'Of this run'
complete -c cronwrap -n '__cronwrap_at logs' -s f -l follow -d 'Of a run that goes on, also what it will write'
complete -c cronwrap -n '__cronwrap_at logs' -l raw -d 'Write the bytes as they are, for a file or a program'
complete -c cronwrap -n '__cronwrap_at logs' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at logs' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at logs' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at logs' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at running' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at running' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at running' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at running' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at kill' -l run -x -d 'End only this run of them'
complete -c cronwrap -n '__cronwrap_at kill' -l wait -x -d 'Wait so long for the end'
complete -c cronwrap -n '__cronwrap_at kill' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at kill' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at kill' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at kill' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at pause' -l until -x -d 'For a time such as 2h, or until 18:00 or a date'
complete -c cronwrap -n '__cronwrap_at pause' -l all -d 'Pause all checks'
complete -c cronwrap -n '__cronwrap_at pause' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at pause' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at pause' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at resume' -l all -d 'Resume all that is paused'
complete -c cronwrap -n '__cronwrap_at resume' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at resume' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at resume' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at overdue' -l dry-run -d 'Tell nobody'
complete -c cronwrap -n '__cronwrap_at overdue' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at overdue' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at overdue' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at overdue' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at ping' -l phase -x -a 'start success fail log' -d 'What to tell'
complete -c cronwrap -n '__cronwrap_at ping' -l detail -x -d 'What a person should know beside it'
complete -c cronwrap -n '__cronwrap_at ping' -l run-id -x -d 'Tell it of this run'
complete -c cronwrap -n '__cronwrap_at ping' -s e -l endpoint -x -d 'Tell it there instead'
complete -c cronwrap -n '__cronwrap_at ping' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at ping' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at ping' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at ping' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at forget' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at forget' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at forget' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at forget' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at lint' -s u -l user -x -d 'Look at the crontab of this user'
complete -c cronwrap -n '__cronwrap_at lint' -l dialect -x -a 'bcron busybox cronie debian portable supercronic systemd' -d 'The daemon'
complete -c cronwrap -n '__cronwrap_at lint' -l as -x -a 'system user' -d 'With or without a user column'
complete -c cronwrap -n '__cronwrap_at lint' -s s -l select -x -d 'Ask only these rules'
complete -c cronwrap -n '__cronwrap_at lint' -s i -l ignore -x -d 'Do not ask these rules'
complete -c cronwrap -n '__cronwrap_at lint' -s f -l format -x -a 'text json jsonl sarif github gitlab junit checkstyle' -d 'How findings are written'
complete -c cronwrap -n '__cronwrap_at lint' -l fail-on -x -a 'error warning info never' -d 'Exit with 1 from this severity on'
complete -c cronwrap -n '__cronwrap_at lint' -l diff -d 'Show what --fix would change'
complete -c cronwrap -n '__cronwrap_at lint' -l fix -d 'Repair what can be repaired safely'
complete -c cronwrap -n '__cronwrap_at lint' -l unsafe-fixes -d 'Take the fixes in that may change the meaning'
complete -c cronwrap -n '__cronwrap_at lint' -l host -d 'Look at this host\'s files and users for any crontab'
complete -c cronwrap -n '__cronwrap_at lint' -l root -x -a '(__fish_complete_directories)' -d 'Look at the host, or the image, whose root this directory is'
complete -c cronwrap -n '__cronwrap_at lint' -l baseline -r -F -d 'Leave out what this file knows'
complete -c cronwrap -n '__cronwrap_at lint' -l write-baseline -r -F -d 'Write what is found to this file'
complete -c cronwrap -n '__cronwrap_at lint' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at lint' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at explain' -l dialect -x -a 'bcron busybox cronie debian portable supercronic systemd' -d 'The daemon'
complete -c cronwrap -n '__cronwrap_at explain' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at next' -s n -l limit -x -d 'Show so many runs of each'
complete -c cronwrap -n '__cronwrap_at next' -l dialect -x -a 'bcron busybox cronie debian portable supercronic systemd' -d 'The daemon'
complete -c cronwrap -n '__cronwrap_at next' -s z -l zone -x -d 'The daemon\'s time zone'
complete -c cronwrap -n '__cronwrap_at next' -l after -x -d 'Look from 2026-03-28T12:00 on, not now'
complete -c cronwrap -n '__cronwrap_at next' -s u -l user -x -d 'Look at the crontab of this user'
complete -c cronwrap -n '__cronwrap_at next' -l json -d 'Write JSON'
complete -c cronwrap -n '__cronwrap_at next' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at flush' -l list -d 'Show what is owed and what was dropped'
complete -c cronwrap -n '__cronwrap_at flush' -l report-budget -x -d 'How long all of it may take'
complete -c cronwrap -n '__cronwrap_at flush' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at flush' -l state-dir -x -a '(__fish_complete_directories)' -d 'Directory that holds the history'
complete -c cronwrap -n '__cronwrap_at flush' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at services' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at services' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at services' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at test' -s c -l check -x -d 'Send as this check, to its endpoints'
complete -c cronwrap -n '__cronwrap_at test' -l phase -x -a 'start success fail log' -d 'What to send'
complete -c cronwrap -n '__cronwrap_at test' -l report-budget -x -d 'How long all of it may take'
complete -c cronwrap -n '__cronwrap_at test' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at test' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at test' -s h -l help -d 'Show this message and exit'
complete -c cronwrap -n '__cronwrap_at sync' -l apply -d 'Do it'
complete -c cronwrap -n '__cronwrap_at sync' -l config -r -F -d 'Read this file in place of the usual two'
complete -c cronwrap -n '__cronwrap_at sync' -l json -d 'Write a JSON object'
complete -c cronwrap -n '__cronwrap_at sync' -s h -l help -d 'Show this message and exit'
