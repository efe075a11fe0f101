"""What the pages of Great Expectations bring along must not reach the reader's browser."""

from __future__ import annotations

import pytest

from expectations.documents import cleaned

CASES = [
    ('<script src="https://cdn/x.js"></script><b>ok</b>', "<b>ok</b>"),
    ("<SCRIPT>\nfetch('//x')\n</SCRIPT>ok", "ok"),
    ("<style>@import url(https://x)</style>ok", "ok"),
    ('<link rel="stylesheet" href="https://cdn/x.css"/>ok', "ok"),
    ('<img class="NO-CACHE"\n src="https://bucket/logo.png?d=2026">ok', "ok"),
    ('<a href="https://greatexpectations.io">Subscribe</a>', "Subscribe"),
    ('<div id="a-4b06c9b5" class="c" onclick="go()">ok</div>', '<div class="c">ok</div>'),
    ("<td style='background: url(//x)' data-x=1>ok</td>", "<td>ok</td>"),
    ('<span class="badge">0.95</span>', '<span class="badge">0.95</span>'),
]


@pytest.mark.parametrize(("html", "left"), CASES)
def test_only_text_and_plain_marks_are_left(html, left):
    assert cleaned(html) == left
