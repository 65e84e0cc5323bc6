"""What looks like a secret: all patterns.

A pattern begins with literal text, which re looks for at memory speed, and refuses a near-hit by
itself, so that Python sees only secrets. Most are for text in lower case, as re.IGNORECASE has no
such speed. All repeats are bounded, and most are possessive: a near-hit that gives back what it
has taken takes twice as long. So does an alternative whose first character re cannot see at once.
tests/bench/test_redact.py measures it.
"""

from cronwrap.redact.rule import Rule, assigned, followed, login, long, spaced, with_user

# What may stand for a secret without being one; and the rest of an escaped quote.
_NO_VALUE = (
    rb"(?![$%<{]|[0-9][0-9]{0,4}+\b|\[redacted|\*\*\*|\\[\"']"
    rb"|n(?:ull|one|o|il|/a)\b|true\b|false\b|yes\b|undefined\b)"
)
_VALUE = (
    rb"[\"']?+" + _NO_VALUE + rb"((?<![\"'])[^\t-\r \"'&;,)}\]]{1,400}+"
    rb"|(?<=\")[^\"\r\n]{1,400}+|(?<=')[^'\r\n]{1,400}+)"
)
_ASSIGNED = (
    rb"[a-z0-9_-]{0,40}+(?![a-z0-9_-])\\?+[\"']?+\s{0,4}+(?:=>|:=|=(?!>)|:(?!=))\s{0,4}+\\?"
) + _VALUE
_OWNED = (
    rb"(?<=[eghinrst_-]key)(?<![^eghinrst][_-]key)"  # most near-hits end here
    rb"(?:(?<=api[_-]key|ssh[_-]key)|(?<=apikey|sshkey)"
    rb"|(?<=ping[_-]key|auth[_-]key|cron[_-]key)|(?<=pingkey|authkey|cronkey)"
    rb"|(?<=access[_-]key|master[_-]key)|(?<=accesskey|masterkey)"
    rb"|(?<=(?:private|license|account|signing|routing|service)[_-]key)"
    rb"|(?<=(?:private|license|account|signing|routing|service)key)"
    rb"|(?<=encryption[_-]key)|(?<=encryptionkey))"
)
_OWNERS = (
    b"api", b"ssh", b"ping", b"auth", b"access", b"master", b"private", b"license", b"account",
    b"signing", b"routing", b"service", b"encryption", b"cron",
)  # fmt: skip
_SCHEME = rb"(?:bearer|basic|digest|token|negotiate|geniekey|apikey)"


def _token(name: str, words: str, rest: bytes) -> Rule:
    """Return the rule for a token whose shape gives it away: exact in case, not within a word."""
    first, last = min(words.split()), max(words.split())
    size = max(size for size in range(len(first) + 1) if last.startswith(first[:size]))
    prefix = first[:size].replace(".", r"\.")
    ends = "|".join(word[size:] for word in words.split())
    begin = f"{prefix}(?<![A-Za-z0-9_-]{prefix})(?:{ends})".encode()
    return Rule(name, words, begin + rest, long, lower=False)


def _webhook(start: str, part: bytes = rb"[^\s\"'<>?;&|()$`\\]") -> Rule:
    """Return the rule for addresses whose path, of characters like *part*, is a secret.

    It ends where a shell would end it, so that what a command does with it is still to be seen.
    """
    path = _NO_VALUE + rb"(" + part + rb"{6,200}+)"
    return Rule("webhook path", start, start.replace(".", r"\.").encode() + path, followed)


_SEGMENT = rb"[^\s/\"'<>?;&|()$`\\]"  # of a path: what follows it, /start or /sendMessage, is none


# In a long text a whole family is looked for at once, by what is in all words of its rules, or in
# all that they match: something rare.
FAMILIES: "tuple[tuple[bytes, tuple[Rule, ...]], ...]" = (
    (b"@", (
        Rule("url password", "://", rb"://[^\s/@:\"'<>]{0,200}:" + _NO_VALUE
             + rb"([^\s/\"'<>]{1,200})@", login),
    )),
    (b"z", (
        Rule("authorization", "authorization",
             rb"authorization\\?[\"']?\s{0,4}[:=]\s{0,4}\\?[\"']?(?:" + _SCHEME + rb"\s{1,4})?"
             rb"(?!" + _SCHEME + rb"\s)" + _NO_VALUE + rb"([^\s\"',]{1,2000}+)", assigned),
    )),
    (b"b", (
        Rule("bearer", "bearer",
             rb"bearer\s{1,4}+" + _NO_VALUE + rb"([a-z0-9._~+/=-]{8,2000}+)", spaced),
        # A look-ahead: after a word that is no login, the search goes on with the word.
        Rule("basic", "basic", rb"basic\s{1,4}(?=((?:[a-z0-9+/]{4}){1,250}"
             rb"(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?)(?![a-z0-9+/]))", spaced, is_login=True),
    )),
    (b"passw", (
        Rule("password", "passw",  # cat: /etc/passwd: Permission denied
             rb"passw(?<!/etc/passw)(?:ord|d)" + _ASSIGNED, assigned),
    )),
    (b"p", (
        Rule("password", "passphrase", rb"passphrase" + _ASSIGNED, assigned),
        Rule("password", "pwd",  # not $PWD
             rb"pwd(?:(?<=[a-z0-9][_-]pwd)|(?<=[;&?-]pwd)|(?<=[;&?-]\spwd))" + _ASSIGNED,
             assigned),
        Rule("password", "pass=",  # not PASS: test, nor bypass=x
             rb"pass=(?<![a-z0-9]pass=)\\?" + _VALUE, followed),
        _webhook("hc-ping.com/", _SEGMENT),
        _webhook("api.telegram.org/bot", _SEGMENT),
        _webhook("events.pagerduty.com/integration/", _SEGMENT),
    )),
    (b"k", (
        Rule("key", "key", rb"key" + _OWNED + _ASSIGNED, assigned, owners=_OWNERS),
        Rule("token", "token", rb"token" + _ASSIGNED, assigned),
        Rule("cookie", "cookie:",
             rb"cookie:\s{0,4}+" + _NO_VALUE + rb"([^\s][^\r\n]{0,3999}+)", followed),
    )),
    (b"cre", (
        Rule("secret", "secret", rb"secret(?!ar)" + _ASSIGNED, assigned),
        Rule("credential", "credential", rb"credential" + _ASSIGNED, assigned),
    )),
    (b"hooks", (
        _webhook("hooks.slack.com/services/"),
        _webhook("discord.com/api/webhooks/"),
        _webhook("discordapp.com/api/webhooks/"),
    )),
    (b"--", (
        Rule("option", "--pass --token --secret --api --access --auth",
             rb"--(?:(?=pass|token|secret)|(?=(?:api[a-z-]{0,17}?|access[a-z-]{0,14}?"
             rb"|auth[a-z-]{0,16}?)(?:pass|token|secret|key)))"
             rb"[a-z0-9_-]{1,60}+(?![a-z0-9_-])\s{1,4}+(?!--)" + _VALUE, spaced),
    )),
    (b"-u", (
        Rule("curl user", "curl",
             rb"curl(?:[ \t](?!curl\s|-u|--user[ =])[^\s]{0,200}+){0,20}"
             rb"[ \t]-(?:u|-user)[ =]{0,2}[^\s:]{1,100}:" + _NO_VALUE + rb"([^\s\"']{1,200}+)",
             with_user),
    )),
    (b"A", (
        _token("aws key", "AKIA ASIA", rb"[A-Z0-9]{16}(?![A-Za-z0-9])"),
        _token("google key", "AIza", rb"[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    )),
    (b"_", (
        _token("github token", "ghp_ gho_ ghu_ ghs_ ghr_", rb"[A-Za-z0-9_]{20,255}+"),
        _token("github token", "github_pat_", rb"[A-Za-z0-9_]{20,255}+"),
        _token("stripe key", "sk_live_ sk_test_", rb"[A-Za-z0-9]{10,250}+"),
        _token("stripe key", "rk_live_ rk_test_", rb"[A-Za-z0-9]{10,250}+"),
        _token("stripe key", "whsec_", rb"[A-Za-z0-9]{10,250}+"),
        _token("package token", "npm_", rb"[A-Za-z0-9_-]{30,300}+"),
        _token("healthchecks key", "hcw_ hcr_", rb"[A-Za-z0-9]{20,64}+"),
    )),
    (b"-", (
        _token("gitlab token", "glpat- gldt- glrt- glcbt-", rb"[A-Za-z0-9_.-]{16,300}+"),
        _token("slack token", "xoxa- xoxb- xoxp- xoxr- xoxs-", rb"[A-Za-z0-9-]{10,250}+"),
        _token("slack token", "xapp-", rb"[A-Za-z0-9-]{10,250}+"),
        _token("ai key", "sk-ant- sk-proj-", rb"[A-Za-z0-9_-]{20,250}+"),
        _token("package token", "pypi-", rb"[A-Za-z0-9_-]{30,300}+"),
    )),
    (b"S", (
        _token("sendgrid key", "SG.", rb"[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}+"),
    )),
    (b"yJ", (
        _token("jwt", "eyJ",
               rb"[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{0,2000}+"),
    )),
)  # fmt: skip
