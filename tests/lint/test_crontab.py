"""A crontab is read as its daemon reads it, and every position is right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronwrap.lint.crontab import Assignment, Bad, Crontab, Job
from cronwrap.lint.dialects import DIALECTS

ALL = sorted(DIALECTS)


def job(text: bytes, dialect: str = "debian", form: str = "user") -> Job:
    (found,) = Crontab(text, dialect=dialect, form=form).jobs
    return found


def test_lines_are_of_the_kinds_that_their_daemon_takes_them_for() -> None:
    file = Crontab(b"# c\n\nA=1\n* * * * * x\n* * *\n  \t\n* * * * *\n", form="user")

    assert [line.kind for line in file.lines] == [
        "comment", "blank", "assignment", "job", "bad", "blank", "bad",
    ]  # fmt: skip
    assert [line.reason for line in file.lines if isinstance(line, Bad)] == [
        "few_fields",
        "no_command",
    ]


def test_the_user_column_is_no_part_of_the_command_of_a_system_crontab() -> None:
    found = job(b"0 1 * * * root  /bin/x  y \n", form="system")

    assert found.user is not None
    assert (found.user.text, found.command.text) == ("root", "/bin/x  y ")
    assert (found.command.start, found.command.end) == (16, 26)


def test_a_nickname_is_a_whole_schedule() -> None:
    found = job(b"@daily root x\n", form="system")

    assert (found.nickname, found.command.text) == ("@daily", "x")


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        (b"A=b", "A", "b"),
        (b"  A =  b c \t", "A", "b c"),
        (b'A="b c" ', "A", "b c"),
        (b"'A B'='c'", "A B", "c"),
        (b"A=b # c", "A", "b # c"),
        (b"A=", "A", ""),
    ],
)
def test_an_assignment_is_read_as_vixie_cron_reads_it(text: bytes, name: str, value: str) -> None:
    (found,) = Crontab(text + b"\n").assignments

    assert (found.name, found.value) == (name, value)


@pytest.mark.parametrize("text", [b'A="b"c', b'A="b', b"export A=b", b"A"])
def test_what_vixie_cron_takes_for_no_assignment_is_none(text: bytes) -> None:
    assert [type(line) for line in Crontab(text + b"\n").lines] == [Bad]


def test_busybox_takes_only_the_names_that_it_knows() -> None:
    file = Crontab(b"FOO=1\nPATH=/x\n* * * * * x\n", dialect="busybox")

    assert [line.ignored for line in file.assignments] == [True, False]
    assert (file.jobs[0].value("FOO"), file.jobs[0].value("PATH")) == (None, "/x")


def test_an_assignment_holds_for_the_jobs_below_it() -> None:
    file = Crontab(b"* * * * * a\nA=1\n* * * * * b\nA=2\n* * * * * c\n")

    assert [one.value("A") for one in file.jobs] == [None, "1", "2"]
    assert [[one.command.text for one in line.jobs] for line in file.assignments] == [["b"], ["c"]]


def test_the_last_assignment_holds_for_all_jobs_of_supercronic() -> None:
    file = Crontab(b"A=1\n* * * * * a\nA=2\n", dialect="supercronic")

    assert file.jobs[0].value("A") == "2"


def test_busybox_joins_a_line_that_ends_in_a_backslash() -> None:
    file = Crontab(b"* * * * * a \\\n  b\n* * * * * c\n", dialect="busybox")

    assert [(line.kind, line.number) for line in file.lines] == [
        ("job", 1),
        ("continued", 2),
        ("job", 3),
    ]
    assert [command.values for command in file.jobs[0].script.commands()] == [["b"]]


def test_a_percent_sign_ends_the_command_and_an_escaped_one_does_not() -> None:
    found = job(b"* * * * * date +\\%F | cat%a%b\n")

    assert [(one.name, one.values) for one in found.script.commands()] == [
        ("date", ["+%F"]),
        ("cat", []),
    ]
    assert found.percent == (25, 26)
    assert found.stdin is not None
    assert found.stdin.text == "a%b"


@pytest.mark.parametrize(
    ("dialect", "value"), [("debian", "%a\\"), ("cronie", "%a\\\\"), ("busybox", "\\%a\\\\")]
)
def test_backslashes_in_quotes_are_left_as_the_daemon_leaves_them(dialect: str, value: str) -> None:
    found = job(b"* * * * * x '\\%a\\\\'\n", dialect=dialect)

    assert found.script.commands()[0].values == [value]


def test_nodes_after_an_escaped_percent_sign_stand_where_they_are_in_the_file() -> None:
    data = b"* * * * * date +\\%F && sh -c 'x \\%d \"$HOME\" y'\n"
    found = job(data)
    (variable,) = found.script.variables()
    y = next(word for word in found.script.words() if word.text == "y")

    assert data[slice(*found.spot(variable))] == b"$HOME"
    assert data[slice(*found.spot(y))] == b"y"


def test_busybox_leaves_percent_signs_alone_and_cuts_at_a_hash() -> None:
    found = job(b'* * * * * echo "a#b" %\n', dialect="busybox")

    assert found.percent is None
    assert found.script.errors


def test_a_carriage_return_is_part_of_the_command_where_the_daemon_takes_it_so() -> None:
    assert job(b"* * * * * x\r\n").command.text == "x\r"
    assert job(b"* * * * * x\r\n", dialect="supercronic").command.text == "x"


@pytest.mark.parametrize(
    ("path", "text", "form"),
    [
        ("/etc/crontab", b"", "system"),
        ("image/etc/cron.d/x", b"* * * * * x\n", "system"),
        ("/var/spool/cron/crontabs/root", b"* * * * * root x\n", "user"),
        ("crontab", b"* * * * * root /bin/x\n@daily www-data y\n", "system"),
        ("crontab", b"* * * * * /bin/x root\n", "user"),
    ],
)
def test_the_form_is_told_by_the_path_and_then_by_the_sixth_words(
    path: str, text: bytes, form: str
) -> None:
    assert Crontab(text, path).form == form


@given(
    st.lists(
        st.sampled_from([b"*", b" ", b"0", b"\n", b"\r", b"=", b"%", b"\\", b'"', b"'", b"$", b"(",
                         b")", b"`", b"&", b"|", b";", b">", b"#", b"@daily ", b"A", b"\0", b"\xff",
                         b"\xc3\xa9", b"* * * * * ", b"sh -c ", b"${", b"<", b"if ", b"fi"]),
        max_size=40,
    ).map(b"".join),
    st.sampled_from(ALL),
    st.sampled_from(["", "system"]),
)  # fmt: skip
def test_any_bytes_are_read_and_every_node_stands_within_its_line(
    data: bytes, dialect: str, form: str
) -> None:
    file = Crontab(data, dialect=dialect, form=form)

    assert [line.number for line in file.lines] == list(range(1, len(file.lines) + 1))
    for line in file.lines:
        assert 0 <= line.start <= line.end <= len(data)
        if isinstance(line, Job):
            for node in line.script.nodes():
                assert 0 <= node.start <= node.end <= len(line.raw)
        elif isinstance(line, Assignment):
            assert line.start <= line.name_at.start <= line.value_at.end <= line.end


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (b"* * * * x", "user"),
        (b"@dailyx", "user"),
        (b"0 0 * * * root", "system"),
        (b"@daily root", "system"),
        (b"0 0 * * * * x", "user"),
        (b"@daily *x", "user"),
        (b"0 0 * * * * root x", "system"),
    ],
)
def test_debian_refuses_a_line_without_a_command_or_user_that_it_can_take(
    text: bytes, form: str
) -> None:
    assert Crontab(text + b"\n", form=form).lines[0].refusal


def test_debian_takes_a_schedule_or_a_user_and_a_blank_for_a_job_that_runs_nothing() -> None:
    assert not Crontab(b"0 0 * * *\n", form="user").lines[0].refusal
    assert not Crontab(b"0 0 * * * root \n", form="system").lines[0].refusal


def test_cronie_takes_n_before_the_command_for_an_option_and_refuses_any_other() -> None:
    found = job(b"0 0 * * * -n x\n", dialect="cronie")

    assert (found.command.text, found.refusal) == ("x", "")
    for command in (b"-q x", b"-n", b"-n -n x", b"- x"):
        assert job(b"0 0 * * * " + command + b"\n", dialect="cronie").refusal == "option"


def test_busybox_takes_no_assignment_with_blanks_and_ends_its_value_at_one() -> None:
    file = Crontab(b"PATH = /x\nMAILTO=a b\n* * * * * y\n", dialect="busybox")

    assert [line.ignored for line in file.assignments] == [True, False]
    assert (file.jobs[0].value("PATH"), file.jobs[0].value("MAILTO")) == (None, "a")


def test_busybox_takes_six_words_for_a_job_whatever_the_first_one_is() -> None:
    assert job(b"L=x * * * * y\n", dialect="busybox").command.text == "y"
