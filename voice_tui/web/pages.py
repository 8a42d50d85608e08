"""The pages around the console: door, frame, list of recordings. None of them asks another host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jinja2 import DictLoader, Environment, StrictUndefined

HERE = "Microphone and loudspeaker are those of the machine that voice-tui runs on; no sound goes through this browser."
_STYLE = """
body { margin: 0; background: #10151c; color: #d7dde5; font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 46rem; margin: 8vh auto; padding: 0 1.5rem; }
a { color: #7cc4ff; } h1 { font-size: 1.3rem; } td { padding: .2rem 1.2rem .2rem 0; vertical-align: top; }
input, button { font: inherit; padding: .4rem .7rem; } .dim { color: #8a96a5; }
"""
_PAGES = {
    "frame": """<!doctype html><html lang="en"><head><meta charset="utf-8">
<link rel="icon" href="data:,"><title>voice-tui</title>
<style>{{ style }}</style>{% block head %}{% endblock %}</head><body>{% block body %}{% endblock %}</body></html>""",
    "door": """{% extends "frame" %}{% block body %}<main><h1>voice-tui</h1>
<p>Type the code that <code>voice-tui web</code> has printed. It lets one browser in, once.</p>
<form id="door"><input id="code" autocomplete="off" autofocus aria-label="code"> <button>Come in</button></form>
<p id="said" role="status"></p><p class="dim">{{ here }}</p></main>
<script src="/door.js"></script>{% endblock %}""",
    "console": """{% extends "frame" %}{% block head %}<link rel="stylesheet" href="/static/css/xterm.css">
<script src="/static/js/textual.js"></script><style>
@font-face { font-family: "Roboto Mono"; src: url("/static/fonts/RobotoMono-VariableFont_wght.ttf"); }
body { height: 100vh; overflow: hidden; display: flex; flex-direction: column; }
header { padding: .2rem .8rem; font-size: 13px; } #terminal { flex: 1; min-height: 0; }
.closed { display: none; } body.-closed .closed { display: inline; }</style>{% endblock %}
{% block body %}<header><a href="/recordings">recordings</a>
<span class="closed">· It has ended: <a href="/">start again</a></span>
<span class="dim">· {{ here }}</span></header>
<div id="terminal" class="textual-terminal" data-session-websocket-url="{{ socket }}" data-font-size="15"></div>
{% endblock %}""",
    "recordings": """{% extends "frame" %}{% block body %}<main><h1>Recordings</h1><p><a href="/">console</a></p>
{% if rows %}<table>{% for row in rows %}<tr><td>
{% if row.name %}<a href="/recordings/{{ row.name }}">{{ row.name }}</a>{% endif %}</td><td>{{ row.words }}</td></tr>
{% endfor %}</table>{% else %}<p>Nothing was recorded yet: F9 in the console, or voice-tui --record.</p>{% endif %}
</main>{% endblock %}""",
    "message": """{% extends "frame" %}{% block body %}<main><p>{{ words }}</p><p><a href="/">back</a></p></main>
{% endblock %}""",
}
DOOR_SCRIPT = """
const said = document.getElementById("said");
async function enter(code) {
  const answer = await fetch("/enter", {method: "POST", body: code});
  if (answer.ok) { location.replace("/"); } else { said.textContent = await answer.text(); }
}
document.getElementById("door").addEventListener("submit", event => {
  event.preventDefault(); enter(document.getElementById("code").value);
});
if (location.hash.length > 1) {
  const code = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", "/");
  enter(code);
}
"""
"""The code in the fragment of an address is sent to no server but in this request, and leaves the address at once."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A recording in the list.

    Attributes:
        name: Its folder's; "" where it can't be read.
        words: What it is.
    """

    name: str
    words: str


_environment = Environment(loader=DictLoader(_PAGES), autoescape=True, undefined=StrictUndefined)


def _page(name: str, **values: object) -> str:
    return _environment.get_template(name).render(style=_STYLE, here=HERE, **values)


def door() -> str:
    """Where the code is asked for."""
    return _page("door")


def console(host: str) -> str:
    """The console's frame, asked for as ``host``."""
    return _page("console", socket=f"ws://{host}/ws")


def recordings(rows: Iterable[Listed]) -> str:
    """The list of recordings."""
    return _page("recordings", rows=list(rows))


def message(words: str) -> str:
    """A line."""
    return _page("message", words=words)
