"""What a shell makes of a line: what each rule must leave alone, find and repair."""

import pytest

from tests.lint.asking import findings, finds, fixed


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("CW401", "bash -c 'source /x; [[ a == b ]] && a=(1 2)'"),
        ("CW401", "[ a = b ] && . /etc/x && echo ${A:-b} ${A%%/*} ${#A}"),
        ("CW401", "(a; b) && { c; } | d"),
        ("CW401", "find /x -name '*.{a,b}' -exec rm {} +"),
        ("CW401", "docker ps --format '{{.Names}}'"),
        ("CW401", "curl -O https://example.com/{a,b}.txt"),
        ("CW401", "awk '{print $1,$2}' f; echo \"[[ $A\""),
        ("CW401", "x >&2; y 2>&- <&-"),
        ("CW402", "bash -c '/x &> f'"),
        ("CW402", "/x & > f"),
        ("CW402", "/x 2&>1"),
        ("CW403", "/x > f 2>&1"),
        ("CW403", "/x 2>&1 >/dev/null | mail root"),
        ("CW403", "{ /x 2>&1 >/dev/null; } | mail root"),
        ("CW403", "sh -c '/x 2>&1 >/dev/null' | mail root"),
        ("CW403", 'e=$(/x 2>&1 >/dev/null); echo "$e"'),
        ("CW403", "/x 3>&1 > f"),
        ("CW405", "/x & /y > f"),
        ("CW405", "/x > f 2>&1 & /y"),
        ("CW405", "/x 2 > 1"),
        ("CW406", "sleep 10; /x"),
        ("CW406", "sleep 1m 30s 0.5 && /x"),
        ("CW406", "sleep $((RANDOM \\% 60)) $X; /x"),
        ("CW406", "sleep infinity"),
        ("CW406", "/usr/bin/sleep 5 & /x"),
        ("CW408", 'rm -rf "${D:?}"/*'),
        ("CW408", "rm -rf $HOME/cache/*"),
        ("CW408", "rm -f $D/*"),
        ("CW408", "rm -rf /srv/$D/*"),
        ("CW408", "rm -rf $D"),
        ("CW408", "D=/srv/x; rm -rf $D/*"),
        ("CW404", "cd /; /x"),
        ("CW404", "cd; /x"),
        ("CW404", "cd /x || exit 1; /y"),
        ("CW404", "set -e; cd /x; /y"),
        ("CW404", "sh -ec 'cd /x; /y'"),
        ("CW404", "cd /x && /y; /z"),
        ("CW404", "cd /x && /y || rm -rf /z/*"),
        ("CW404", "cd /x && /y; cd /z && rm -rf *"),
        ("CW404", "cd / && /y; rm -rf z"),
        ("CW404", "cd /x && /y; find /srv/a /srv/b -mtime +3 -delete"),
        ("CW404", "cd /x && rm -rf * || echo failed"),
        ("CW404", "cd /x; [ $? -eq 0 ] && /y"),
        ("CW407", "/a & /b & wait"),
        ("CW407", "/a & /b"),
        ("CW407", "pgrep x > /dev/null || /x &"),
        ("CW407", "[ -d /run/systemd/system ] || /x &"),
        ("CW407", "/x &> f"),
        ("CW407", "curl https://example.com/?a=1&b=2"),
        ("CW407", "(sleep 60; /x) & /y"),
        ("CW410", "flock /run/l /x"),
        ("CW410", "flock -n /run/l /x && logger done"),
        ("CW410", "flock -n /run/l sh -c '/x && /y'"),
        ("CW410", "cd /srv && flock -n /run/l /x"),
        ("CW410", "flock -n /run/l /x || /y"),
        ("CW410", "flock -n /run/l /x && flock -n /run/m /y"),
        ("CW410", "(flock -n 9 || exit 1; /x) 9> /run/l"),
        ("CW411", "docker exec shop /x -it"),
        ("CW411", "docker exec -i shop /x"),
        ("CW411", "docker exec -u www-data shop tail -t"),
        ("CW411", "docker run --rm -v /a:/b image /x -t 5"),
        ("CW411", "docker compose exec -T shop /x"),
        ("CW411", "docker-compose exec -T shop /x"),
        ("CW411", "docker-compose exec -u root -dT shop /x"),
        ("CW411", "apt-get update && apt-get -qy dist-upgrade"),
        ("CW411", "apt-get upgrade --assume-yes; yum check-update; dnf -y update"),
        ("CW411", "yes | sudo apt-get upgrade; apt-get -o x=y install z < /srv/answers"),
        ("CW411", "apt list --upgradable; apt-get clean; yum update --downloadonly"),
        ("CW411", "docker-compose -f /srv/c.yml run --rm shop /x"),
        ("CW411", "docker image prune -f"),
        ("CW411", "kubectl exec pod -- /x -it"),
        ("CW411", "mysqldump -psecret shop"),
        ("CW411", "mysqldump --password=$PW shop"),
        ("CW411", "psql -p 5433 -c x"),
        ("CW411", "top -bn1 | head"),
        ("CW411", "screen -dmS x /y"),
        ("CW411", "screen -S x -X stuff y"),
        ("CW411", "tmux new-session -d -s x /y"),
        ("CW411", "vim -es -c 'wq' f"),
        ("CW411", "emacs --batch -l x"),
        ("CW411", "/opt/watch --version"),
        ("CW420", "A=1 /x; /y"),
        ("CW420", "A=1; /x $A"),
        ("CW420", "A=1 $X a && $Y b"),
        ("CW420", "A=1 /x && A=2 /x"),
        ("CW420", "A=1 /x; A=$(y); /z $A"),
        ("CW420", "TZ=UTC date; date"),
        ("CW420", "A=1 sh -c 'echo $A'"),
        ("CW420", "cd /x && DJANGO_ENV=prod ./manage.py a"),
        ("CW422", "/x; echo $?"),
        ("CW422", "/x; rc=$?; logger done; exit $rc"),
        ("CW422", "cd /srv; /x; exit $?"),
        ("CW422", "m=$(/x 2>&1); echo $? $m"),
        ("CW422", "/x || echo failed $?"),
        ("CW422", "[ -x /x ]; echo $?"),
        ("CW422", "/x & wait $!; echo $?"),
        ("CW408", "D=$(mktemp -d); for d in a b; do rm -rf $d/x; done"),
        ("CW423", "command cd /srv && /x"),
        ("CW423", "nice sh -c 'cd /srv && ./x'"),
        ("CW423", "flock -n /run/l -c 'cd /srv && ./x'"),
        ("CW423", "if true; then cd /srv; fi"),
        ("CW423", "nice redis-cli set a b"),
    ],
)
def test_what_is_right_is_left_alone(code: str, command: str) -> None:
    assert not finds(code, command)


@pytest.mark.parametrize(
    ("code", "command"),
    [
        ("CW401", "[[ -d /x ]] && /x"),
        ("CW401", "[ a == b ]"),
        ("CW401", "a=(1 2)"),
        ("CW401", "cat <<< a"),
        ("CW401", "diff <(a) <(b)"),
        ("CW401", "sleep $((RANDOM \\% 60))"),
        ("CW401", "sleep $(($RANDOM \\% 60))"),
        ("CW401", "sleep $RANDOM"),
        ("CW401", "cp /x/{a,b} /y"),
        ("CW401", "touch {1..3}"),
        ("CW401", "echo ${A//x/y}"),
        ("CW401", "echo ${A:0:3}"),
        ("CW401", "echo ${!A}"),
        ("CW401", "echo ${A^^}"),
        ("CW401", "set -o pipefail; a | b"),
        ("CW401", "((n > 1)) && /x"),
        ("CW401", "for ((i=0; i<3; i++)); do /x; done"),
        ("CW401", "sudo -u bob sh -c 'source x'"),
        ("CW404", "sh -c 'cd /x; /y'"),
        ("CW404", "cd $D; /y; /z"),
        ("CW404", "cd /x && /y; find -mtime +3 -delete"),
        ("CW407", "/x &"),
        ("CW407", "nohup /x > /dev/null 2>&1"),
        ("CW407", "cd /srv && /x > f 2>&1 &"),
        ("CW410", "flock -n /run/l /x && /y"),
        ("CW411", "docker exec -ti shop /x"),
        ("CW411", "docker exec -u root -it shop /x"),
        ("CW411", "sudo docker run --rm -it image"),
        ("CW411", "docker exec --interactive --tty shop /x"),
        ("CW411", "docker exec -t shop /x"),
        ("CW411", "kubectl exec -it pod -- /x"),
        ("CW411", "apt-get update && sudo apt-get upgrade"),
        ("CW411", "yum -q update"),
        ("CW411", "docker-compose -f /srv/c.yml exec shop /x -T"),
        ("CW411", "mysqldump -u root -p shop > f"),
        ("CW411", "top > f"),
        ("CW411", "screen /x"),
        ("CW420", "A=1 /x $A"),
        ("CW420", "PGPASSWORD=$X psql -c a && psql -c b"),
        ("CW420", "A=1 /x | /y $A"),
        ("CW422", "/x; echo done; exit $?"),
        ("CW422", "/x; date >> f; rc=$?"),
        ("CW422", "/x && echo $?"),
        ("CW403", "(/x; /y) 2>&1 > f"),
        ("CW403", "a | /x 2>&1 > f"),
        ("CW423", "nice -n 19 timeout 5m cd /srv && ./x"),
        ("CW423", "sudo -u app cd /srv && ./x"),
        ("CW423", "sh -c 'chronic source /srv/env'"),
        ("CW423", "exec ulimit -n 100"),
    ],
)
def test_what_is_wrong_is_found(code: str, command: str) -> None:
    assert finds(code, command)


@pytest.mark.parametrize(
    ("command", "hint"),
    [
        ("source /x", "write `.` in place of source"),
        ("[ a == b ]", "write = in place of =="),
        ("/x |& /y", "write 2>&1 | in place of |&"),
        ("/x >& /y", "write > FILE 2>&1"),
        ("[[ a ]]", "set SHELL=/bin/bash above this line, or write it as sh does"),
    ],
)
def test_each_bashism_has_a_hint_of_its_own(command: str, hint: str) -> None:
    assert [one.found.hint for one in findings("CW401", f"0 3 * * * {command}")] == [hint]


def test_a_here_document_is_told_to_have_no_text() -> None:
    (found,) = findings("CW133", "0 3 * * * python3 - <<'EOF'")

    assert found.found.message.startswith("sh gets no text here")


@pytest.mark.parametrize(
    ("code", "command", "wanted"),
    [
        ("CW401", "source /x/bin/activate && /y", ". /x/bin/activate && /y"),
        ("CW401", "source env; /y", ". ./env; /y"),
        ("CW401", "/x |& /y", "/x 2>&1 | /y"),
        ("CW401", "[ $A == b ]", "[ $A = b ]"),
        ("CW401", "/x >& f; /y", "/x > f 2>&1; /y"),
        ("CW402", "/x &> f", "/x > f 2>&1"),
        ("CW402", "(/x; /y) &>>f && /z", "(/x; /y) >>f 2>&1 && /z"),
        ("CW402", "sh -c '/x &> f'", "sh -c '/x > f 2>&1'"),
        ("CW403", "/x 2>&1 >> f", "/x >> f 2>&1"),
        ("CW403", "/x 2>&1 >$(date +\\%F)", "/x >$(date +\\%F) 2>&1"),
        ("CW404", "cd /x; /y", "cd /x && /y"),
        ("CW404", "cd /x; /y; /z", "cd /x || exit 1; /y; /z"),
        ("CW404", "cd /x; /y || rm -rf z", "cd /x || exit 1; /y || rm -rf z"),
        ("CW404", "cd /x && /y || rm -rf z", "cd /x || exit 1; /y || rm -rf z"),
        ("CW404", "cd /x && tar c . > /y; rm -rf *", "cd /x || exit 1; tar c . > /y; rm -rf *"),
        ("CW405", "/x > f 2&>1", "/x > f 2>&1"),
        ("CW405", "/x > f 2>1", "/x > f 2>&1"),
        ("CW405", "/x > f &2>1", "/x > f 2>&1"),
        ("CW405", "/x &2>/dev/null", "/x 2>/dev/null"),
        ("CW405", "/x & >/dev/null", "/x >/dev/null"),
        ("CW406", "sleep 15 /x y", "sleep 15; /x y"),
        ("CW407", "nohup /x > f 2>&1 &", "/x > f 2>&1"),
        ("CW407", "cd /srv && nohup /x", "cd /srv && /x"),
        ("CW410", "flock -n /l /x && /y", "flock -n /l sh -c '/x && /y'"),
        ("CW411", "docker exec -it shop /x", "docker exec -i shop /x"),
        ("CW411", "docker exec -t shop /x", "docker exec shop /x"),
        ("CW420", "A=1 /x && /y $A", "export A=1; /x && /y $A"),
        ("CW408", 'rm -rf $D/* "$E/"', 'rm -rf ${D:?}/* "${E:?}/"'),
    ],
)
def test_a_fix_says_what_was_meant(code: str, command: str, wanted: str) -> None:
    assert fixed(code, command) == wanted


@pytest.mark.parametrize(
    "command",
    ["[[ a == b ]]", "source /x", "echo $RANDOM", "cat <(x)", "echo ${A//b/c}", "set -o pipefail"],
)
def test_what_the_sh_of_busybox_knows_is_no_bash_there(command: str) -> None:
    assert finds("CW401", command)
    assert not finds("CW401", command, "busybox")


@pytest.mark.parametrize("command", ["a=(1 2)", "cat <<< a", "a |& b", "touch {1..3}", "pushd /"])
def test_what_the_sh_of_busybox_does_not_know_is_found_there(command: str) -> None:
    assert finds("CW401", command, "busybox")


def test_the_sh_of_busybox_knows_one_of_the_two_redirections_of_bash() -> None:
    assert not finds("CW402", "/x &> f", "busybox")
    assert finds("CW402", "/x &>> f", "busybox")


def test_a_bashism_weighs_less_where_sh_may_be_bash_and_nothing_where_the_shell_is() -> None:
    line = "0 3 * * * [[ -d /x ]] && /x"

    assert [one.severity for one in findings("CW401", line, "cronie")] == ["warning"]
    assert findings("CW401", f"SHELL=/bin/bash\n{line}") == []


def test_an_rm_of_everything_is_worse_than_one_of_something() -> None:
    severities = [one.severity for one in findings("CW408", "0 3 * * * rm -r $D/* $D/old $D/var")]

    assert severities == ["error", "warning", "error"]


@pytest.mark.parametrize(
    ("schedule", "count"), [("*/5 * * * *", 1), ("7 * * * *", 1), ("0 3 * * *", 0)]
)
def test_waiting_for_a_lock_is_found_where_runs_may_pile_up(schedule: str, count: int) -> None:
    line = f"{schedule} flock /run/l /x"

    assert len(findings("CW410", line)) == count
    assert findings("CW410", line.replace("flock", "flock -w 60")) == []
    assert findings("CW410", f"{line}\n0 3 * * * flock /run/l /y") == []
    assert findings("CW410", line, "busybox") == []


@pytest.mark.parametrize("command", ['echo "a#b"', "echo a#b", "echo '#' # c", "sed 's#a#b#'"])
def test_a_hash_that_is_no_comment_ends_the_line_of_busybox_alone(command: str) -> None:
    assert finds("CW416", command, "busybox")
    assert not finds("CW416", command)


def test_a_comment_behind_a_command_is_one_for_busybox_too() -> None:
    assert not finds("CW416", '/x # it\'s "late"', "busybox")


def test_a_daemon_may_be_started_in_the_background_at_boot() -> None:
    assert findings("CW407", "@reboot nohup /usr/sbin/x &") == []


@pytest.mark.parametrize(
    ("command", "severity"),
    [
        ("rm -rf *", "error"),
        ("git clean -fd", "error"),
        ("find . -mtime +7 -delete", "error"),
        ("/x; rm -f old.*", "error"),
        ("rm -rf /run/x", "warning"),
        ("git pull", "warning"),
        ("find . -name x", "warning"),
    ],
)
def test_a_cd_without_a_guard_is_worse_where_files_are_removed(command: str, severity: str) -> None:
    (finding,) = findings("CW404", f"0 3 * * * cd /srv; {command}")

    assert finding.severity == severity


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x 2>&1 /dev/null", "x > /dev/null 2>&1"),
        ("x -v 2>&1 /var/log/x.log", "x -v >> /var/log/x.log 2>&1"),
    ],
)
def test_a_file_behind_stderr_to_stdout_is_an_argument_and_is_told(before: str, after: str) -> None:
    assert fixed("CW403", before) == after


@pytest.mark.parametrize("command", ["x > /a.log 2>&1", "x 2>&1 | tee /a.log", "x 2>&1 -v"])
def test_what_stands_rightly_behind_stderr_to_stdout_is_left_alone(command: str) -> None:
    assert not finds("CW403", command)


def test_a_file_named_by_a_variable_of_the_same_command_is_told() -> None:
    assert finds("CW420", 'V=$(date +\\%F) pip freeze > /srv/"$V".txt')


def test_a_cd_without_a_blank_behind_it_is_joined_with_blanks() -> None:
    assert fixed("CW404", "cd /srv;./x") == "cd /srv && ./x"
