"""Scripts and styles without their comments and indentation: a third less to load at first.

Only what no reader but a person needs is taken out. Lines stay lines, so that no semicolon which
JavaScript puts in by itself is lost, and an error's line can still be found. No package does
this well enough here: those in Python know nothing of templates within templates or of nested
selectors, and the others bring a build (decision 0002).
"""

import re

COMMENT = r"//[^\n]*|/\*.*?\*/"
STRING = r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
REGEX = r"/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\[\n])+/\w*"

SCRIPT = re.compile(
    rf"(?P<blank>\s+|{COMMENT})|(?P<text>{STRING})|(?P<regex>{REGEX})|(?P<word>[\w$#]+)|(?P<mark>.)",
    re.DOTALL,
)
TEMPLATE = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*(?P<end>`|\$\{)", re.DOTALL)
"""From behind a backtick, or a brace that ends what is put in, to the next of either."""

STYLE = re.compile(rf"(?P<text>{STRING}|url\([^)]*\))|(?P<blank>(?:\s|/\*.*?\*/)+)", re.DOTALL)

OPERAND_ENDS = frozenset(")]}")
"""Behind these, and behind a word or a literal, a slash divides; else it opens a regex."""

BEFORE_REGEX = frozenset({"return", "typeof", "case", "in", "of", "await", "yield", "void", "else"})

NEEDS_NO_SPACE = frozenset("{}()[],;:=<>!&|?*%~^`\"'")
"""Beside these a space means nothing; `+ +` and `/ /` would become something else."""


def compact_script(source: str) -> str:
    """Return a JavaScript module without comments and needless spaces.

    Raises
    ------
    ValueError
        If a template does not end.
    """
    parts: list[str] = []
    braces: list[int] = []  # for each template that is open: braces open within what is put in
    last = "\n"  # what was written last, but for blanks
    gap = ""  # the blank since then: nothing, a space or a line's end
    at = 0
    while at < len(source):
        found = SCRIPT.match(source, at)
        assert found is not None  # any character is a mark
        kind, token = found.lastgroup, found.group()
        if kind == "regex" and _divides(last):
            kind, token = "mark", "/"
        at += len(token)
        if kind == "blank":
            gap = "\n" if "\n" in gap + token else " "
            continue
        if token == "{" and braces:
            braces[-1] += 1
        elif token == "}" and braces:
            braces[-1] -= 1
        if token == "`" or (token == "}" and braces and braces[-1] < 0):
            if token == "}":
                braces.pop()
            rest = TEMPLATE.match(source, at)
            if rest is None:
                raise ValueError(f"template: expected its end, got {source[at : at + 40]!r}")
            at = rest.end()
            token += rest.group()
            if rest["end"] == "${":
                braces.append(0)
        if gap == "\n" or (gap and not {last[-1], token[0]} & NEEDS_NO_SPACE):
            parts.append(gap)
        parts.append(token)
        last, gap = token, ""
    return "".join(parts).lstrip() + "\n"


def compact_style(source: str) -> str:
    """Return a style sheet without comments, indentation and empty lines."""

    def shorter(found: re.Match[str]) -> str:
        if found["text"]:
            return found["text"]
        return "\n" if "\n" in found["blank"] else " "

    return STYLE.sub(shorter, source).strip() + "\n"


def _divides(last: str) -> bool:
    """Return whether a slash behind `last` divides by what follows."""
    if last[-1] in OPERAND_ENDS or last[-1] in "\"'`":
        return True
    return (last[-1].isalnum() or last[-1] in "_$") and last not in BEFORE_REGEX
