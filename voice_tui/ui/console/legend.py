"""What the signs of the console mean; help shows it."""

from __future__ import annotations

from voice_tui.messages.turns import Stage
from voice_tui.ui.common.shell import Section
from voice_tui.ui.console.scope_model import SIGNS

_SCREEN: tuple[tuple[str, str], ...] = (
    ("[$you]You[/]", "What you said. “… hearing you” stands there from the moment you are heard, before any text."),
    ("[$muted]00:04[/]", "At the right edge: when you began."),
    ("[$assistant]AI[/]", "The answer as it comes; ▌ is where it grows."),
    ("[$muted]0.49 s[/]", "At the right edge: from your last sound to the first sound of the answer."),
    ("heard [$muted strike]unheard[/]", "An answer you interrupted: what you heard, and what nobody heard."),
    (
        "[$interruption]✂ ━━━╌╌╌╌╌╌╌[/]",
        "What you heard of it and when it was silent. … ✓ ✗: the server is asked to forget the rest, did, refused.",
    ),
    ("[$you]You[/] ↯", "The turn that interrupted."),
    (
        "[$you]████[/][$interruption]┃██[/]",
        "Levels in dBFS, with the peak that ▏ holds. ┃ is a threshold (△ speech, ▲ interrupt): drag it, or its slider.",
    ),
    (
        "sure [$you]███[/][$interruption]╎[/]",
        "How sure our ears are that the voice over the answer is yours; at the mark it is cut. Drag the mark.",
    ),
    (
        "[$you]━━●[/][$muted]──[/]",
        "A knob: Tab to it, ← → one step, Shift ← → a tenth, Home, End, Del as it was; or drag it.",
    ),
    ("[bold]\\[here][/] [$muted]either[/]", "A choice: ← → or a click; [ ] or ▸ tell what is chosen."),
    ("[strike]hold[/]", "A knob that this endpoint makes nothing of; the reason is said below when it has the focus."),
    ("", "Knobs that do not act in a preset fold away; where there is little room, also those at rest (m shows all)."),
    ("[$success]✓ server has it[/]", "Behind each question: who decides, and whether the server took the last change."),
    (
        "[$assistant]▓▓▓▒[/][$muted]░░··[/]",
        "The answer: ▓ heard, ▒ at the device, ░ queued, · received; ╌ dropped by a cut ✂.",
    ),
    (
        "[$success]echo removed[/]",
        "How much of its own voice is taken out of the microphone, and how late that arrives.",
    ),
    ("2 of 31 by one only", "Or ≠: beginnings of speech that only one heard, here or the server, of all."),
)
_MARKS: dict[Stage, str] = {
    Stage.ONSET: "A voice over the AI was heard.",
    Stage.DUCK: "The answer was turned down, in case it is meant.",
    Stage.PAUSE: "The answer was held.",
    Stage.CONFIRM: "It was meant: an interruption.",
    Stage.CUT: "The answer was stopped.",
    Stage.TRUNCATED: "The server was told where you stopped hearing.",
    Stage.RESUME: "It was a false alarm: the answer goes on.",
}
_SCOPE: tuple[tuple[str, str], ...] = (
    ("[$you]▁▂▃▄▅▆▇█[/]", "you, AI: levels, -60 to 0 dBFS; + and - change how long a column is."),
    ("╌", "Nothing came from the microphone, or nobody measured it."),
    ("├──┤", "here, server: speech as our ears and the server's heard it; │ is less than a column."),
    *((f"[$interruption]{SIGNS[stage].text}[/] {SIGNS[stage].name}", words) for stage, words in _MARKS.items()),
    ("Space  ← →", "Stand still; a cursor that tells the values of its column and scrolls (a click, the wheel)."),
)

_CUT: tuple[tuple[str, str], ...] = (
    (
        "[$interruption]voice 0 ├─ cut 123 ┤[/]",
        "What happened and after how many ms, counted from what stands at its beginning, whoever decided.",
    ),
    ("server forgot", "The server has truncated its answer to what you heard."),
    (
        "‹ 3 of 3 ›",
        "The cuts and false alarms before: < and >, or a click. F5, Enter or a click tells the whole story.",
    ),
)

LEGEND: tuple[Section, ...] = (("The screen", _SCREEN), ("The last cut", _CUT), ("The scope", _SCOPE))
