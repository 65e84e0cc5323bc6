"""A command is taken apart as its shell takes it apart, and all of it stands where it is.

What is shown: <words of a command>, its redirections, $[what
stands in substitutions], and kind(parts) of compound commands.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cronwrap.lint.shell import (
    AndOr,
    Command,
    Compound,
    Node,
    Pipeline,
    Redirect,
    Script,
    Word,
)
from cronwrap.lint.shell_parse import parse

CASES = [
    ("a && b; c || d &", "<a> && <b>; <c> || <d> &"),
    ("a | b | c", "<a> | <b> | <c>"),
    ("a 2>&1 >/dev/null | b", "<a> 2>&1 1>/dev/null | <b>"),
    ("a | b > f | c", "<a> | <b> 1>f | <c>"),
    ("a | b > f 2>&1 && c", "<a> | <b> 1>f 2>&1 && <c>"),
    ("a && (b || c) > f", "<a> && subshell(<b> || <c>) 1>f"),
    ("a && { b; c; } || d", "<a> && group(<b>; <c>) || <d>"),
    ("a > f 2>&1 < g b", "<a b> 1>f 2>&1 0<g"),
    ("> f", "<> 1>f"),
    ("! a | b && c", "! <a> | <b> && <c>"),
    ("A=1 B=2 c", "<A=1 B=2 c>"),
    ("A=1", "<A=1>"),
    ("export A=1; c", "<export A=1>; <c>"),
    ("curl U?a=1&b=2", "<curl U?a=1> &; <b=2>"),
    ("x &2>/dev/null", "<x> &; <> 2>/dev/null"),
    ("(a) & b", "subshell(<a>) &; <b>"),
    ("if a; then b; elif c; then d; else e; fi > f", "if(<a>, <b>, <c>, <d>, <e>) 1>f"),
    ("if a > f; then b 2>&1; fi", "if(<a> 1>f, <b> 2>&1)"),
    ("while read x; do y; done < f", "while(<read x>, <y>) 0<f"),
    ("for i in $(a) b; do c $i; done &", "for:i(<c $i>)[$(a),b] &"),
    ("case $1 in a) x;; *) y;; esac", "case(<x>, <y>)[$1]"),
    ("f() { a; }; f", "function:f(group(<a>)); <f>"),
    ('[ ! -x /f -o -d "$X" ] || exit 0', '<[ ! -x /f -o -d "$X" ]> || <exit 0>'),
    ("[[ $a == b ]] && c", "<[[ $a == b ]]> && <c>"),
    ('x "$(a "$(b)")" <(c)', '<x "$(a "$(b)")" <(c)>$[<a "$(b)">$[<b>], <c>]'),
    ('x "`a` `b`"', '<x "`a` `b`">$[<a>, <b>]'),
    ('x "${y:-$(z)}"', '<x "${y:-$(z)}">$[<z>]'),
    ("echo a#b # comment", "<echo a#b>"),
    ("find / -exec rm {} \\;", "<find / -exec rm {} \\;>"),
]
PREFIXES = [
    ("nice -n19 x y", "x y"),
    ("nice -n 19 ionice -c3 x", "x"),
    ("timeout -s KILL 5m x", "x"),
    ("timeout --kill-after=5 5m x", "x"),
    ("flock -n /l x", "x"),
    ("flock /l -c 'x; y'", "x; y"),
    ("command x y", "x y"),
    ("sudo -u bob -- x -u", "x -u"),
    ("sudo A=1 x", "x"),
    ("env -i A=1 x", "x"),
    ("/usr/bin/env python3 x", "python3 x"),
    ("bash -lc 'x && y'", "x && y"),
    ("bash -o pipefail -c 'x | y'", "x | y"),
    ("su - bob -c 'x'", "x"),
    ("su bob -s /bin/sh -c 'x | y'", "x | y"),
    ("chronic time -p x", "x"),
    ("cronitor exec abc x", "x"),
    ("runitor -uuid 1 -- x y", "x y"),
    ("sentry-cli monitors run a -- x y", "x y"),
    ("cronwrap -c n -t 5m -- sh -c 'x'", "x"),
    ("cronwrap run --no-such n -- x", "x"),
    ("cronwrap run flush", "flush"),
    ("nice cronwrap flush --list", "cronwrap flush --list"),
    ("eval 'a b'", "a b"),
    ("""sh -c 'a '"'"'b'"'"' c'""", "a 'b' c"),
    ('sh -c "a \\"\\$X\\" b"', 'a "$X" b'),
]


def show(node: Node) -> str:
    """Return *node* as the cases show it."""
    if isinstance(node, Script):
        return "; ".join(map(show, node.items))
    if isinstance(node, AndOr):
        parts = [show(node.pipelines[0])]
        for operator, pipeline in zip(node.operators, node.pipelines[1:], strict=True):
            parts += [operator.text, show(pipeline)]
        return " ".join([*parts, *(["&"] if node.background else [])])
    if isinstance(node, Pipeline):
        return ("! " if node.negated else "") + " | ".join(map(show, node.commands))
    if isinstance(node, Compound):
        words = f"[{','.join(word.text for word in node.words)}]" if node.words else ""
        name = f":{node.name}" if node.name else ""
        inner = ", ".join(map(show, node.scripts))
        return f"{node.kind}{name}({inner}){_redirects(node.redirects)}{words}"
    assert isinstance(node, Command)
    assigns = [f"{one.name}={one.value.text if one.value else ''}" for one in node.assigns]
    inside = ", ".join(show(script) for word in node.words for script in word.scripts)
    shown = f"<{' '.join([*assigns, *(word.text for word in node.words)])}>"
    return shown + (f"$[{inside}]" if inside else "") + _redirects(node.redirects)


def _redirects(redirects: tuple[Redirect, ...]) -> str:
    return "".join(
        f" {one.fd}{one.operator}{one.target.text if one.target else ''}" for one in redirects
    )


@pytest.mark.parametrize(("text", "shown"), CASES, ids=[text for text, _ in CASES])
def test_a_command_line_is_taken_apart(text: str, shown: str) -> None:
    script = parse(text.encode(), "bash")

    assert show(script) == shown
    assert script.errors == ()


@pytest.mark.parametrize(("text", "inner"), PREFIXES, ids=[text for text, _ in PREFIXES])
def test_what_a_prefix_runs_is_found_where_it_stands(text: str, inner: str) -> None:
    script = parse(text.encode())
    programs = script.programs()

    assert [one.words[0].literal for one in programs] == [
        one.words[0].literal for one in parse(inner.encode()).programs()
    ]
    for program in programs:
        name = program.words[0]
        assert text[name.start : name.end] == name.text


@pytest.mark.parametrize("text", ['echo "a', "a &&", "(a", "if a; then b", "a $(b", "a | | b"])
def test_what_is_no_shell_is_told_and_the_rest_is_there(text: str) -> None:
    script = parse(text.encode())

    assert script.errors
    assert [one.program for one in script.commands()][:1] in (["a"], ["echo"], [])


def test_an_ampersand_before_a_redirection_puts_the_command_in_the_background_under_sh() -> None:
    assert show(parse(b"x y &> f 2>&1 && z", "sh")) == "<x y> &; <> 1>f 2>&1 && <z>"
    assert show(parse(b"x y &> f && z", "bash")) == "<x y> 1&>f && <z>"


def test_a_word_tells_what_the_program_gets_and_what_it_was_made_of() -> None:
    (word,) = parse(b"x \"a $B\"'c d'\\ e*").commands()[0].args

    assert (word.value, word.literal, word.glob) == (None, "a $Bc d e*", True)
    assert word.quotes == "\"\"''\\"
    assert [(one.name, one.quoted) for one in word.variables] == [("B", True)]


def test_an_empty_word_stands_where_its_quotes_end() -> None:
    (word,) = parse(b"x ''").commands()[0].args

    assert (word.literal, list(word.offsets)) == ("", [4])


def test_a_shell_reads_its_script_in_its_own_way() -> None:
    script = parse(b"bash -c 'a' && sh -c 'b'", "dash")

    assert [one.shell for one in script.scripts()] == ["dash", "bash", "sh"]


@pytest.mark.parametrize(
    ("text", "name", "operator"),
    [("$A", "A", ""), ("${A:-b}", "A", ":-"), ("${#A}", "A", "#"), ("$?", "?", ""), ("$1", "1", ""),
     ("${A%%.gz}", "A", "%%"), ("$((A + $B))", "B", "")],
)  # fmt: skip
def test_a_variable_is_told_with_its_operator(text: str, name: str, operator: str) -> None:
    (variable,) = parse(f"x {text}".encode()).variables()

    assert (variable.name, variable.operator) == (name, operator)


def test_all_of_a_prefix_is_there_once() -> None:
    script = parse(b"nice sudo x $A > f")

    assert [word.text for word in script.words()] == ["nice", "f", "sudo", "x", "$A"]
    assert [one.name for one in script.variables()] == ["A"]


@given(
    st.lists(
        st.sampled_from(["a", " ", ";", "&", "&&", "||", "|", "(", ")", "{ ", "; }", "$(", "`", '"',
                         "'", "\\", ">", "<", "2>&1", "$A", "${", "}", "sh -c ", "if ", "then ", "fi",
                         "for i in ", "do ", "done", "#", "=", "!", "[ ", " ]", "\n", "é", "<<E",
                         "cronwrap ", "flock ", "-c ", "case ", "esac", ";;"]),
        max_size=30,
    ).map("".join),
    st.sampled_from(["sh", "bash"]),
)  # fmt: skip
def test_any_text_is_taken_apart_without_a_failure(text: str, shell: str) -> None:
    script = parse(text.encode(), shell)

    for node in script.nodes():
        assert 0 <= node.start <= node.end <= len(text.encode())
        if isinstance(node, Word):
            assert len(node.offsets) == len(node.literal.encode(errors="surrogateescape")) + 1


@pytest.mark.parametrize("option", ["-v", "-V"])
def test_a_program_that_is_only_looked_for_is_not_run(option: str) -> None:
    script = parse(f"command {option} x".encode())

    assert [command.name for command in script.programs()] == ["command"]
