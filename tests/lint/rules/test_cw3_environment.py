"""The corners of the rules about a job's environment: what they have to leave alone, above all."""

import pytest

from tests.lint.asking import findings, finds, fixed


@pytest.mark.parametrize(
    "command",
    [
        "X=1; echo $X",
        "X=1 sh -c 'echo $X'",
        "env X=1 sh -c 'echo $X'",
        "read X < /f; echo $X",
        "for X in a b; do echo $X; done",
        "while read -r X; do echo $X; done < /f",
        "export X=1; echo $X",
        "echo ${X:-d} ${X+e}",
        ". /etc/default/x && echo $X",
        "set -a; . /srv/.env; set +a; echo $X",
        "bash -lc 'echo $X'",
        "su - app -c 'echo $X'",
        '[ -n "$X" ] && echo $X',
        "awk '{ print $X }' /f",
        "echo $HOME $LOGNAME $PATH $SHELL $? $$ $# $1 $LANG",
        "bash -c 'echo $RANDOM $HOSTNAME'",
        r"find / -name '*.$X' -exec rm {} \;",
        "docker exec db sh -c 'echo $X'",
        "echo '$X'",
    ],
)
def test_a_variable_that_something_sets_is_left_alone(command: str) -> None:
    assert not finds("CW311", command)


@pytest.mark.parametrize(
    "command", ["x $X", 'x "${X}/y"', "sh -c 'x $X'", "x > $X", "echo $(x $X)"]
)
def test_a_variable_that_nothing_sets_is_found(command: str) -> None:
    assert finds("CW311", command)


def test_what_cronwrap_sets_is_set_in_its_jobs_alone() -> None:
    assert not finds("CW311", """cronwrap -c x -- sh -c 'x >>"$CRONWRAP_REPORT"'""")
    assert finds("CW311", """sh -c 'x >>"$CRONWRAP_REPORT"'""")
    assert finds("CW311", """cronwrap -c x -- sh -c "x >>$CRONWRAP_REPORT\"""")
    assert finds("CW311", """cronwrap -c x -- x "$CRONWRAP_RUN_ID\"""")


def test_a_variable_is_told_once_a_line_and_with_what_there_is() -> None:
    (found,) = findings("CW311", "0 3 * * * x $X $X", "cronie")

    assert "only HOME, LOGNAME, PATH, SHELL, USER and what the crontab sets" in found.found.message


@pytest.mark.parametrize(
    ("before", "after"),
    [("/home/$USER/x", "/home/$LOGNAME/x"), ('x "${USER}s"', 'x "${LOGNAME}s"')],
)
def test_user_becomes_logname(before: str, after: str) -> None:
    assert fixed("CW312", before) == after


@pytest.mark.parametrize(
    "command", ["USER=a; echo $USER", "sudo -u app sh -c 'echo $USER'", "echo ${USER:-a}"]
)
def test_a_user_that_is_set_is_left_alone(command: str) -> None:
    assert not finds("CW312", command)


def test_a_user_that_the_crontab_sets_or_cronie_is_left_alone() -> None:
    assert not findings("CW312", "USER=app\n0 3 * * * x $USER")
    assert not findings("CW312", "0 3 * * * x $USER", "cronie")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("PATH=$PATH:/opt/bin", "PATH=/usr/bin:/bin:/opt/bin"),
        ('PATH="/opt/bin:${PATH}"', 'PATH="/opt/bin:/usr/bin:/bin"'),
    ],
)
def test_a_path_is_written_out(before: str, after: str) -> None:
    (found,) = findings("CW301", f"{before}\n0 3 * * * x")

    assert found.severity == "error"
    assert found.found.fix is not None
    assert found.found.fix.edits[0].new.decode() == after.removeprefix("PATH=")


@pytest.mark.parametrize(
    "line",
    [
        "PASSWORD=ab$cd",
        "A='$HOME'",
        "A=5$",
        'V=$W\n0 3 * * * sh -c "$V"',
        "V=$W\n0 3 * * * eval $V",
    ],
)
def test_a_dollar_that_is_meant_is_left_alone(line: str) -> None:
    assert not findings("CW301", line)


def test_cronie_expands_the_address_and_no_other_does() -> None:
    assert not findings("CW301", "MAILTO=$LOGNAME", "cronie")
    assert findings("CW301", "MAILTO=$LOGNAME", "debian")


@pytest.mark.parametrize("line", ["A=a~b", "A=/x~", "URL=http://h/~user", "A=~user/x"])
def test_a_tilde_that_no_shell_expands_is_left_alone(line: str) -> None:
    assert not findings("CW302", line)


@pytest.mark.parametrize(
    "command",
    [
        "/usr/bin/python x.py",
        "PATH=/a/bin:$PATH python x.py",
        "export PATH=/a/bin:$PATH; python x.py",
        ". venv/bin/activate && python x.py",
        "bash -lc 'node x.js'",
        "command -v node >/dev/null && node /x.js",
        "su - app -c 'node x.js'",
        "env PATH=/a/bin node /x.js",
        "perl -e 1",
        "echo python node",
        "docker exec web python manage.py x",
    ],
)
def test_an_interpreter_that_is_found_on_purpose_is_left_alone(command: str) -> None:
    assert not finds("CW304", command)


@pytest.mark.parametrize(
    "command",
    ["reboot", "certbot renew && service nginx reload", "nice -n 19 zpool scrub tank",
     "sh -c 'logrotate /srv/logrotate.conf'"],
)  # fmt: skip
def test_a_program_that_is_not_where_debians_cron_looks_is_found(command: str) -> None:
    assert finds("CW324", command)
    assert not finds("CW324", command, "cronie")
    assert findings("CW324", f"PATH=/usr/sbin:/usr/bin\n0 3 * * * {command}") == []


@pytest.mark.parametrize(
    "command",
    ["/sbin/reboot", "sudo -n reboot", "bash -lc 'service nginx reload'", "ssh nas reboot",
     "PATH=/sbin:$PATH reboot", ". /etc/profile; reboot", "command -v zfs && zfs list"],
)  # fmt: skip
def test_one_that_is_found_another_way_is_left_alone(command: str) -> None:
    assert not finds("CW324", command)


@pytest.mark.parametrize(
    "command",
    [
        "cd /srv && ./run.sh",
        "cd /srv; bin/x",
        "/srv/run.sh",
        "~/bin/x",
        "$HOME/bin/x",
        "python3 /srv/x.py",
        "python3 -m pkg.x",
        "python3 -c 'print(1/2)'",
        "perl -e 'print 1/2'",
        "sh -c 'cd /srv && ./run.sh'",
        "env -C /srv ./run.sh",
        "sudo -i ./run.sh",
        "[ -x /a ] && . /etc/default/x",
        "echo x | bash -s",
        "find . -name x/y",
        "perl -pi -e s/a/b/ /f",
        "sh -e /etc/init.d/x",
        "php -r 'x/y;'",
        "ssh host ./run.sh",
    ],
)
def test_a_path_that_begins_somewhere_is_left_alone(command: str) -> None:
    assert not finds("CW310", command)


@pytest.mark.parametrize(
    "command", ["./run.sh", "bin/x", "nice ./x", "python3 app.py", "sh x.sh", "bash -x x.sh"]
)
def test_a_path_that_begins_nowhere_is_found(command: str) -> None:
    assert finds("CW310", command)


@pytest.mark.parametrize(
    "command", [". /etc/profile; x", "bash -lc x", "cat ~/.bashrc", "cp .profile /b"]
)
def test_a_startup_file_that_is_not_read_is_left_alone(command: str) -> None:
    assert not finds("CW313", command)


@pytest.mark.parametrize(
    ("line", "after"), [("SHELL=bash", "/bin/bash"), ('SHELL="zsh"', "/bin/zsh")]
)
def test_a_shell_gets_its_path(line: str, after: str) -> None:
    (found,) = findings("CW315", line)

    assert found.found.fix is not None
    assert found.found.fix.safe
    assert found.found.fix.edits[0].new.decode() == after


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("SHELL=/bin/bash -e", "/bin/bash"),
        ('SHELL="/bin/bash -l"', "/bin/bash"),
        ("SHELL=/usr/bin/env bash", "/bin/bash"),
    ],
)
def test_a_shell_with_options_is_found_and_loses_them_only_if_that_is_asked_for(
    line: str, after: str
) -> None:
    (found,) = findings("CW315", line)

    assert "no job below runs" in found.found.message
    assert found.found.fix is not None
    assert not found.found.fix.safe
    assert found.found.fix.edits[0].new.decode() == after


def test_what_busybox_drops_goes_into_the_jobs() -> None:
    (found,) = findings("CW317", "A=b c\n0 3 * * * x\n0 4 * * * y\nA=2\n0 5 * * * z", "busybox")[:1]

    assert found.found.fix is not None
    assert [edit.new for edit in found.found.fix.edits] == [b"# ", *[b"export A='b c'; "] * 2]


@pytest.mark.parametrize("line", ["SHELL=/bin/sh", "MAILTO=a@b", "PATH=/bin", "CRON_TZ=UTC"])
def test_what_busybox_takes_or_another_rule_tells_is_left_alone(line: str) -> None:
    assert not findings("CW317", line, "busybox")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("sudo x", "sudo -n x"),
        ("sudo -u app x", "sudo -n -u app x"),
        ("nice sudo x", "nice sudo -n x"),
    ],
)
def test_a_sudo_that_may_ask_gets_n(before: str, after: str) -> None:
    assert fixed("CW320", before) == after


@pytest.mark.parametrize(
    "command", ["sudo -n x", "sudo -nu app x", "echo pw | sudo -S x", "sudo -l"]
)
def test_a_sudo_that_does_not_ask_is_left_alone(command: str) -> None:
    assert not finds("CW320", command)
