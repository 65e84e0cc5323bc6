"""From tree-sitter's tree of a command to ours; nothing else knows tree-sitter."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import tree_sitter
import tree_sitter_bash

from cronwrap.lint import unwrap
from cronwrap.lint.shell import (
    POSIX,
    AndOr,
    Assign,
    At,
    Command,
    Compound,
    Node,
    Operator,
    Pipeline,
    Redirect,
    Script,
    Text,
    Variable,
    Word,
)
from cronwrap.lint.shell_word import Expansion, read_variable, read_word

_COMPOUNDS = {
    "subshell": "subshell",
    "compound_statement": "group",
    "if_statement": "if",
    "while_statement": "while",
    "for_statement": "for",
    "c_style_for_statement": "for",
    "case_statement": "case",
    "function_definition": "function",
}
_SUBSTITUTIONS = {"command_substitution", "process_substitution"}
_EXPANSIONS = {"simple_expansion", "expansion", "arithmetic_expansion", *_SUBSTITUTIONS}
_REDIRECTS = {"file_redirect", "herestring_redirect", "heredoc_redirect"}
_NO_STATEMENT = {"comment", "ERROR", "heredoc_body", ";", "&", "\n", ";;"}
_KEYWORDS = frozenset({
    "if", "then", "else", "elif", "fi", "while", "until", "do", "done", "{", "}", "(", ")",
    "for", "in", "case", "esac", "function",
})  # fmt: skip
_NO_BODY = {"value", "variable", "name"}  # fields that are words
_CLAUSES = {"do_group", "elif_clause", "else_clause", "case_item"}
_EXPANDS = re.compile(rb"[$`(]")
_WITHIN_WORD = re.compile(rb"(?:\\[ \t])*")
_MOST_NESTED = 60
_BACKTICK, _BACKSLASH = b"`\\"


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


class Builder:
    """Builds the tree of one text; texts within it (``sh -c``) have builders of their own."""

    def __init__(self, text: Text, shell: str, nest: str) -> None:
        self.text = text
        self.shell = shell
        self.nest = nest
        self.errors: list[Node] = []
        self.comments: list[Node] = []
        self.depth = 0

    def script(self) -> Script:
        """Return the whole tree."""
        root = _parser().parse(self.text.data).root_node
        script = self._script(root.children, 0, len(self.text.data))
        if root.has_error:
            self._find_errors(root)
        script.errors = tuple(self.errors)
        script.comments = tuple(self.comments)
        return script

    def _at(self, start: int, end: int) -> At:
        return self.text.offsets[start], self.text.offsets[end], self.nest

    def _span(self, node: tree_sitter.Node) -> At:
        offsets = self.text.offsets
        return offsets[node.start_byte], offsets[node.end_byte], self.nest

    def source(self, node: tree_sitter.Node) -> bytes:
        """Return what *node* was made of."""
        return self.text.data[node.start_byte : node.end_byte]

    def _find_errors(self, node: tree_sitter.Node) -> None:
        if node.is_error or node.is_missing:
            self.errors.append(Node(self._span(node)))
        elif node.has_error:
            for child in node.children:
                self._find_errors(child)

    # Lists

    def _script(self, nodes: Sequence[tree_sitter.Node], start: int, end: int) -> Script:
        script = Script(self._at(start, end), self.shell)
        self.depth += 1
        if self.depth <= _MOST_NESTED:
            script.items = tuple(self._items(nodes))
        self.depth -= 1
        return script

    def _items(self, nodes: Sequence[tree_sitter.Node]) -> Iterator[AndOr]:
        pipelines: list[Pipeline] = []
        operators: list[Operator] = []
        for part in self._parts(nodes):
            if isinstance(part, Pipeline):
                pipelines.append(part)
            elif part is not None and part.text in ("&&", "||"):
                operators.append(part)
            elif pipelines:
                yield AndOr(self.nest, tuple(pipelines), tuple(operators), part)
                pipelines, operators = [], []

    def _parts(self, nodes: Sequence[tree_sitter.Node]) -> Iterator[Pipeline | Operator | None]:
        """Yield pipelines and what stands between; None where a list ends without a mark."""
        for node in nodes:
            if node.type in (";", "&", "\n", ";;"):
                yield Operator(self._span(node), node.type.replace("\n", ";"))
            elif node.type == "comment":
                self.comments.append(Node(self._span(node)))
            elif node.is_named and node.type not in _NO_STATEMENT:
                yield None
                yield from self._flat(node)
        yield None

    def _flat(self, node: tree_sitter.Node) -> Iterator[Pipeline | Operator]:
        """Yield the pipelines of an and-or list and what stands between them."""
        left = [node]  # and not by recursion: a list of thousands leans to one side
        while left:
            node = left.pop()
            if node.type == "list":
                left += reversed(node.children)
            elif node.type in ("&&", "||"):
                yield Operator(self._span(node), node.type)
            elif node.type == "redirected_statement" and (body := self._list_within(node)):
                *before, last = self._flat(body)
                yield from before
                if isinstance(last, Pipeline):
                    yield from self._backgrounded(self._with_redirects(last, node))
            elif node.is_named and node.type not in _NO_STATEMENT:
                yield from self._backgrounded(self._pipeline(node))

    @staticmethod
    def _list_within(node: tree_sitter.Node) -> tree_sitter.Node | None:
        body = node.child_by_field_name("body")
        return body if body is not None and body.type == "list" else None

    def _with_redirects(self, pipeline: Pipeline, node: tree_sitter.Node) -> Pipeline:
        """Return *pipeline* with the redirections of *node*, which belong to its last command."""
        last = pipeline.commands[-1]
        redirects, words = self._redirects(node)
        last.redirects += redirects
        if isinstance(last, Command) and words:
            last.set_words(last.words + words)
            unwrap.unwrap(last, self.shell)
        last.end = pipeline.end = max(last.end, self.text.offsets[node.end_byte])
        return pipeline

    def _backgrounded(self, pipeline: Pipeline) -> Iterator[Pipeline | Operator]:
        """Yield *pipeline*; as two where it has ``&>``, which POSIX reads as ``&`` and ``>``."""
        last = pipeline.commands[-1]
        both = [place for place, one in enumerate(last.redirects) if one.operator.startswith("&")]
        if self.shell not in POSIX or not both:
            yield pipeline
            return
        cut = both[0]
        first, *rest = last.redirects[cut:]
        last.redirects = last.redirects[:cut]
        before = (*last.words, *last.redirects) if isinstance(last, Command) else ()
        last.end = pipeline.end = max((node.end for node in before), default=first.start)
        yield pipeline
        yield Operator((first.start, first.start + 1, self.nest), "&")
        at = (first.start + 1, first.end, self.nest)
        alone = Redirect(at, first.operator[1:], 1, first.target)
        at = (at[0], rest[-1].end if rest else at[1], self.nest)
        yield Pipeline(at, (Command(at, (), (), (alone, *rest)),))

    # Pipelines and commands

    def _pipeline(self, node: tree_sitter.Node) -> Pipeline:
        """Return the pipeline that *node* is, with what it redirects as its last command's."""
        at = self._span(node)
        body = _redirected_pipeline(node)
        if body is not None:
            return self._with_redirects(self._pipeline(body), node)
        if node.type == "negated_command":
            inner = self._pipeline(node.named_children[-1])
            return Pipeline(at, inner.commands, negated=not inner.negated, stderr=inner.stderr)
        commands: list[Command | Compound] = []
        bars: list[bool] = []
        negated = False
        for child in node.children if node.type == "pipeline" else [node]:
            if child.type in ("|", "|&"):
                bars.append(child.type == "|&")
            elif child.type == "negated_command" or _redirected_pipeline(child) is not None:
                inner = self._pipeline(child)  # tree-sitter puts `a | b > f | c` in two
                negated |= inner.negated and not commands
                commands += inner.commands
                bars += inner.stderr
            elif child.is_named and child.type not in _NO_STATEMENT:
                commands.append(self._command(child))
        commands = commands or [Command(at, ())]
        return Pipeline(at, tuple(commands), negated=negated, stderr=tuple(bars))

    def _command(self, node: tree_sitter.Node) -> Command | Compound:
        if node.type == "redirected_statement":
            body = node.child_by_field_name("body")
            command = self._command(body) if body is not None else Command(self._span(node), ())
            redirects, words = self._redirects(node)
            command.redirects += redirects
            if isinstance(command, Command) and words:
                command.set_words(command.words + words)
                unwrap.unwrap(command, self.shell)
            command.end = self.text.offsets[node.end_byte]
            return command
        if node.type in _COMPOUNDS:
            return self._compound(node)
        if node.type in ("list", "pipeline", "program"):
            group = Compound(self._span(node), "group")
            group.scripts = (self._script([node], node.start_byte, node.end_byte),)
            return group
        return self._simple(node)

    def _simple(self, node: tree_sitter.Node) -> Command:
        assigns: list[Assign] = []
        words: list[Word] = []
        redirected = node.type == "test_command"
        declares = node.type in ("declaration_command", "unset_command")
        if node.type == "test_command":
            words = [self.word(*leaves) for leaves in _touching(_test_words(node), self.text.data)]
        elif node.type in ("variable_assignment", "variable_assignments"):
            alone = node.type == "variable_assignment"
            assigns = [self._assign(one) for one in ([node] if alone else node.named_children)]
        else:
            written = []
            for child in node.children:
                kind = child.type
                redirected |= kind in _REDIRECTS
                if kind == "variable_assignment" and not declares:
                    assigns.append(self._assign(child))
                elif kind not in _NO_STATEMENT and kind not in _REDIRECTS:
                    written.append(child)
            words = [self.word(*parts) for parts in _touching(written, self.text.data)]
        redirects, late = self._redirects(node) if redirected else ((), ())
        words = sorted([*words, *late], key=lambda word: word.start) if late else words
        command = Command(self._span(node), tuple(words), tuple(assigns), redirects)
        unwrap.unwrap(command, self.shell)
        return command

    def _assign(self, node: tree_sitter.Node) -> Assign:
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        return Assign(
            self._span(node),
            self.source(name).decode(errors="replace") if name is not None else "",
            self.word(value) if value is not None else None,
        )

    def _redirects(self, node: tree_sitter.Node) -> tuple[tuple[Redirect, ...], tuple[Word, ...]]:
        """Return the redirections right below *node*, and words that stand among them."""
        redirects, words = [], []
        for child in node.children:
            if child.type not in _REDIRECTS:
                continue
            operator, fd, targets = "", None, []
            for part in child.children:
                if part.type == "file_descriptor":
                    fd = int(self.source(part)) if self.source(part).isdigit() else None
                elif not part.is_named and not operator:
                    operator = self.source(part).decode(errors="replace")
                elif part.is_named and part.type not in ("heredoc_body", "heredoc_end"):
                    targets.append(self.word(part))
            at = self._span(child)
            if len(targets) > 1:  # `> f word`: tree-sitter takes both for files
                words += targets[1:]
                at = (at[0], targets[0].end, self.nest)
            fd = fd if fd is not None else 0 if operator.startswith("<") else 1
            redirects.append(Redirect(at, operator, fd, targets[0] if targets else None))
        return tuple(redirects), tuple(words)

    # Words

    def word(self, *nodes: tree_sitter.Node) -> Word:
        """Return the word that *nodes* are."""
        span = (nodes[0].start_byte, nodes[-1].end_byte)
        expansions: dict[int, Expansion] = {}
        if _EXPANDS.search(self.text.data, *span):
            for node in nodes:
                expansions |= {one.start_byte: self._expansion(one) for one in _expansions(node)}
        return read_word(self.text, self.nest, span, expansions)

    def _expansion(self, node: tree_sitter.Node) -> Expansion:
        variables: list[Variable] = []
        scripts: list[Script] = []
        for one in (node, *_inner_expansions(node)):
            if one.type in _SUBSTITUTIONS:
                scripts += self._substitution(one)
            elif one.type != "arithmetic_expansion":
                variables.append(
                    read_variable(self.text, self.nest, (one.start_byte, one.end_byte))
                )
        return Expansion(node.end_byte, tuple(variables), tuple(scripts))

    # Compounds

    def _compound(self, node: tree_sitter.Node) -> Compound:
        compound = Compound(self._span(node), _COMPOUNDS[node.type])
        if node.type == "while_statement" and node.children[0].type == "until":
            compound.kind = "until"
        compound.scripts = tuple(
            self._script(part, part[0].start_byte, part[-1].end_byte) for part in _bodies(node)
        )
        compound.words = tuple(self.word(one) for one in node.children_by_field_name("value"))
        compound.redirects, _ = self._redirects(node)
        name = node.child_by_field_name("variable") or node.child_by_field_name("name")
        if name is not None:
            compound.name = self.source(name).decode(errors="replace")
        return compound

    def _substitution(self, node: tree_sitter.Node) -> list[Script]:
        """Return what runs within ``$( )``, ``<( )`` or backticks."""
        data = self.source(node)
        if not data.startswith(b"`"):
            inner = [child for child in node.children if child.type not in ("$(", "<(", ">(", ")")]
            return [
                self._script(
                    inner, node.start_byte + 2, max(node.start_byte + 2, node.end_byte - 1)
                )
            ]
        return [
            Builder(text, self.shell, f"{self.nest}`").script()
            for text in _backticks(data, node.start_byte, self.text.offsets)
        ]


def _expansions(node: tree_sitter.Node) -> list[tree_sitter.Node]:
    """Return the outermost expansions in *node*."""
    if node.type in _EXPANSIONS:
        return [node]
    return [one for child in node.children for one in _expansions(child)]


def _inner_expansions(node: tree_sitter.Node) -> list[tree_sitter.Node]:
    """Return the expansions within ``${a:-$b}`` and ``$((a + $b))``."""
    if node.type in _SUBSTITUTIONS:
        return []
    found = [one for child in node.children for one in _expansions(child)]
    return [*found, *(one for each in found for one in _inner_expansions(each))]


def _redirected_pipeline(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """Return the pipeline that *node* redirects, if it does."""
    body = node.child_by_field_name("body") if node.type == "redirected_statement" else None
    return body if body is not None and body.type in ("pipeline", "negated_command") else None


def _backticks(data: bytes, start: int, offsets: Sequence[int]) -> Iterator[Text]:
    """Yield each text within a pair of backticks; tree-sitter may take two pairs for one."""
    inner: list[tuple[int, int]] | None = None
    place = 0
    while place < len(data):
        byte = data[place]
        if byte == _BACKTICK:
            if inner is not None:
                ends = [*(where for _, where in inner), offsets[start + place]]
                yield Text(bytes(one for one, _ in inner), ends)
            inner = [] if inner is None else None
        elif inner is not None:
            escaped = byte == _BACKSLASH and data[place + 1 : place + 2] in (b"`", b"\\", b"$")
            inner.append((data[place + escaped], offsets[start + place]))
            place += escaped
        place += 1


def _bodies(node: tree_sitter.Node) -> Iterator[list[tree_sitter.Node]]:
    """Yield the statements of each part of a compound statement, conditions first."""
    part: list[tree_sitter.Node] = []
    for place, child in enumerate(node.children):
        kind = child.type
        if kind in _CLAUSES or kind in _KEYWORDS:
            if part:
                yield part
            part = []
            if kind in _CLAUSES:
                yield from _bodies(child)
        elif node.field_name_for_child(place) not in _NO_BODY and not kind.endswith("_redirect"):
            part += [child] if part or child.is_named else []
    if part:
        yield part


def _touching(nodes: Iterable[tree_sitter.Node], data: bytes) -> Iterator[list[tree_sitter.Node]]:
    """Yield *nodes*, those in one that have no blank between: tree-sitter parts some words."""
    word: list[tree_sitter.Node] = []
    for node in nodes:
        if word and not _WITHIN_WORD.fullmatch(data, word[-1].end_byte, node.start_byte):
            yield word
            word = []
        word.append(node)
    if word:
        yield word


def _test_words(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """Yield the words of ``[ ... ]``, whose tree is an expression."""
    if node.type in ("test_command", "unary_expression", "binary_expression", "negated_expression",
                     "parenthesized_expression"):  # fmt: skip
        for child in node.children:
            yield from _test_words(child)
    else:
        yield node
