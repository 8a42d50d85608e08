"""Everything a key can do, in one table: it feeds the bindings, the key line, the palette, help and the README.

The ids are stable: ``keys.toml`` names them. A letter has one meaning on every screen and acts only where nothing is
being typed; F, Ctrl and Alt keys are asked before the widget that has the focus. A row comes with its command.
"""

from __future__ import annotations

from dataclasses import replace

from textual.binding import BindingType

from voice_tui.messages.intents import CallDemo, Request, StepPreset
from voice_tui.messages.link import RehearseRollover
from voice_tui.messages.recording import Record, RecordingChanged
from voice_tui.messages.talk import Interrupt, Mute, PushToTalk, SwitchesChanged
from voice_tui.messages.turns import FrontEndChanged, SwitchFrontEnd
from voice_tui.ui.keys import EVERYWHERE, Command, Commands, KeyGroup, Place
from voice_tui.ui.screen_commands import HERE

_SUPPRESSIONS = 4  # off and three strengths

_CONSOLE = frozenset({Place.CONSOLE})
_OFFERED = frozenset({Place.CONSOLE, Place.CONTEXT})
_REPLAY = frozenset({Place.REPLAY})
_TRANSCRIPT = _CONSOLE | _REPLAY


def _other_aec(front: FrontEndChanged) -> Request:
    return SwitchFrontEnd(echo_cancellation=not front.echo_cancellation)


def _other_high_pass(front: FrontEndChanged) -> Request:
    return SwitchFrontEnd(high_pass=not front.high_pass)


def _more_suppression(front: FrontEndChanged) -> Request:
    return SwitchFrontEnd(noise_suppression=(front.noise_suppression + 1) % _SUPPRESSIONS)


# fmt: off
_TALK = (
    Command("mute", "Mute the microphone", "mute", "Mute the microphone, or open it again.", "f2", "ctrl+o",
            synonyms="silence privacy mic", request=Mute(), on=(SwitchesChanged, "muted"), rank=23),
    Command("talk", "Talk key", "talk", "Press the talk key, or let it go (preset push-to-talk).", "f3", "ctrl+t",
            synonyms="push to talk ptt speak hold", request=PushToTalk(), on=(SwitchesChanged, "talking"), rank=31),
    Command("interrupt", "Interrupt the AI", "interrupt", "Stop the AI now.", "f4", "ctrl+g",
            synonyms="barge in cut off shut up quiet cancel", request=Interrupt(), rank=24),
    Command("demo", "Demo caller", "demo", "Let the demo caller talk for you, or hang up.", "f7", "ctrl+r",
            synonyms="try example watch no microphone", request=CallDemo(), on=(SwitchesChanged, "demo"), rank=26),
    Command("record", "Record", "record", "Keep the conversation from now on: sound, words and decisions; or end that.",
            "f9", "alt+r", synonyms="recording tape save wav keep", request=Record(), on=(RecordingChanged, "on")),
    Command("call-again", "Call again", "call again",
            "Connect again after it was hung up, or try now where another try is waited for.", "alt+g", letter="R",
            synonyms="redial reconnect resume retry hung up over start", where=_CONSOLE, action="screen.call_again"),
    Command("rehearse", "Rehearse a new connection", "new connection",
            "Let a new connection take over in the next pause, as it does before a session ends.",
            synonyms="rollover reconnect session expiry end hour limit", request=RehearseRollover()),
)
_TURNS = (
    Command("next", "Next preset", "preset", "Take turns as the next preset does.", "f6", "ctrl+n",
            "right_square_bracket", "turn taking mode vad step", request=StepPreset(1), rank=25),
    Command("previous", "Previous preset", "preset before", "Take turns as the preset before does.",
            "shift+f6", "ctrl+b", "left_square_bracket", "turn taking mode vad step", request=StepPreset(-1)),
    Command("calibrate", "Calibrate", "calibrate", "Measure the room and your voice; propose thresholds.",
            "f11", "ctrl+s", synonyms="microphone device threshold noise level", action="app.open('calibration')",
            rank=32),
    Command("echo-test", "Echo test", "echo test", "Play a sound; hear how much of it the microphone picks up.",
            "f12", "ctrl+f", synonyms="loudspeaker headphones device leakage delay", action="app.open('echo test')",
            rank=33),
    Command("aec", "Echo cancellation", "echo cancellation", "Take the AI's own voice out of the microphone.",
            synonyms="aec echo canceller", request=_other_aec, on=(FrontEndChanged, "echo_cancellation")),
    Command("engine", "Next voice detector", "detector", "Let the next of the local detectors judge what is speech.",
            synonyms="engine vad silero earshot fused", request=SwitchFrontEnd(engine="next")),
    Command("suppression", "Noise suppression", "noise", "Noise suppression: off, 1, 2, 3, off again.",
            synonyms="noise ns hum fan", request=_more_suppression, on=(FrontEndChanged, "noise_suppression")),
    Command("high-pass", "High-pass filter", "high-pass", "Take the rumble out of the microphone.",
            synonyms="hpf bass", request=_other_high_pass, on=(FrontEndChanged, "high_pass")),
)
_SCREENS = (
    Command("palette", "Commands", "commands", "Find a command, a preset, a profile or a theme by its words.",
            "ctrl+p", synonyms="palette search menu", action="app.command_palette", rank=21),
    Command("help", "Help", "help", "This screen: its keys and signs; then the presets and the knobs.", "f1",
            letter="question_mark", synonyms="keys legend explain manual", action="app.open('help')", rank=22),
    Command("jump", "Jump", "jump", "A letter on everything that can have the focus; press it to go there.", "ctrl+@",
            also="ctrl+space", letter="semicolon", synonyms="focus go to pane letters", action="app.jump"),
    Command("scope", "Scope", "scope", "Show the scope, or hide it.", "f8", "ctrl+l",
            synonyms="levels waterfall graph", where=_TRANSCRIPT, action="screen.scope", rank=27),
    Command("context", "Context", "context", "All that the AI reads, and what it costs.", "alt+k", letter="K",
            synonyms="tokens budget summary topic pin items", action="app.open('context')", rank=28),
    Command("memory", "Memory", "memory", "What is remembered: find, edit, delete, export.", "alt+y", letter="Y",
            synonyms="facts conversations history export wipe private", action="app.open('memory')", rank=29),
    Command("speakers", "Voices", "voices", "Who speaks: name, merge, enrol, forget voices.", "alt+w", letter="W",
            synonyms="who speaker people label enrol voiceprint", action="app.open('speakers')", rank=30),
    Command("events", "Event inspector", "events", "Every event of the wire, both ways, and what answers it.",
            "f10", "alt+i", "I", "wire log json protocol debug websocket trace", action="app.open('inspector')"),
    Command("latency", "Latency", "latency", "How long answers and interruptions take, and whose time it is.",
            "alt+l", letter="L", synonyms="delay waterfall percentile slow fast speed milliseconds response time",
            action="app.open('latency')"),
    Command("judge", "Judge", "judge", "How well turns were taken so far, by published measures.", "alt+j", letter="J",
            synonyms="tau-voice full-duplex-bench eva score quality metrics yield takeover",
            action="app.open('judge')"),
    Command("why", "Why?", "why", "Why an answer was cut, went on, or came late: what was heard, who decided.",
            "f5", "ctrl+y", synonyms="explain reason cut interruption held slow false alarm evidence",
            action="app.open('why')", rank=35),
    Command("cost", "Usage and cost", "cost", "Tokens by kind and by answer, and what they cost.", letter="dollar_sign",
            synonyms="money price dollars bill tokens usage spent", action="app.open('cost')"),
    Command("recordings", "Recordings", "recordings", "Conversations that were kept: read, export, delete.", "alt+o",
            letter="O", synonyms="record tape wav history kept", action="app.open('recordings')"),
    Command("devices", "Devices", "devices", "Microphones with their level, loudspeakers with a tone; choose.", "alt+d",
            letter="D", synonyms="microphone loudspeaker speaker headset headphones input output sound card bluetooth",
            action="app.open('devices')"),
    Command("setup", "Set up an endpoint", "endpoint", "Enter an endpoint and its key, try it, and keep it.", "alt+e",
            letter="E", synonyms="key azure openai url connect configure provider account login settings",
            action="app.open('setup')"),
    Command("prompt", "Edit the system prompt", "prompt", "Tell the AI who to be, at once.",
            synonyms="instructions persona profile role", action="app.open('prompt')"),
    Command("tour", "Tour", "tour", "Four hints on the console, as at the first start.",
            synonyms="introduction tutorial beginner learn first start", where=_CONSOLE, action="app.tour"),
    Command("quit", "Quit", "quit", "End the conversation and leave.", "ctrl+q", synonyms="exit leave end bye",
            action="app.quit", rank=34),
    Command("copy", "Copy or leave", "copy", "Copy what is selected; twice with nothing selected: leave.", "ctrl+c",
            synonyms="clipboard selection", action="app.copy_or_leave"),
    Command("back", "Back", "back", "One step back.", "escape", synonyms="close leave",
            where=EVERYWHERE - _TRANSCRIPT, action="screen.back", rank=1),
)
_OFFERS = (
    Command("carry-on", "Carry on", "carry on", "Leave everything as it is.", "alt+c", letter="1",
            where=_OFFERED, action="screen.answer('carry_on')"),
    Command("start-clean", "Start clean", "start clean", "Delete what was before, except what is pinned.",
            "alt+n", letter="2", where=_OFFERED, action="screen.answer('start_clean')"),
    Command("summarise", "Summarise", "summarise", "Make it shorter.", "alt+s", letter="3", where=_OFFERED,
            action="screen.answer('summarise')"),
)
_CALLS = (
    Command("call-yes", "Let the tool be called", "yes", "Let the tool be called that the model asks for (or type y).",
            "alt+a", letter="4", synonyms="approve allow grant tool", where=_CONSOLE,
            action="screen.answer_call('yes')"),
    Command("call-no", "Refuse the call of the tool", "no", "Refuse; the model is told (or type n).", "alt+x",
            letter="5", synonyms="deny refuse forbid tool", where=_CONSOLE, action="screen.answer_call('no')"),
    Command("call-always", "Let the tool be called always", "always", "Let it be called, and don't ask again.",
            "alt+z", letter="6", synonyms="approve allow trust tool", where=_CONSOLE,
            action="screen.answer_call('always')"),
)
_KNOBS = (
    Command("knobs.undo", "Undo the last move", "undo", "Take the last move of a knob back.", "ctrl+z", letter="u",
            synonyms="back revert knob slider", where=_CONSOLE, action="screen.knobs('undo')"),
    Command("knobs.redo", "Redo the move", "redo", "Make the move again that was taken back.", letter="U",
            synonyms="again forward knob slider", where=_CONSOLE, action="screen.knobs('redo')"),
    Command("knobs.flip", "The other set of knobs", "A/B", "Change between two sets of knobs, A and B.", letter="B",
            synonyms="compare ab versus set a b flip", where=_CONSOLE, action="screen.knobs('flip')"),
    Command("knobs.save", "Save the knobs", "save", "Keep knobs, preset, profile and colours for the next start.",
            letter="s", synonyms="store keep remember preset mine default", where=_CONSOLE,
            action="screen.knobs('save')"),
    Command("knobs.swept", "As the last sweep recommends", "swept", "Apply and save what lab sweep recommended last.",
            letter="A", synonyms="recommended best tune apply lab", where=_CONSOLE, action="screen.knobs('swept')"),
    Command("knobs.reset", "Put the knobs back", "reset", "All knobs as they were saved; once more: as the preset has.",
            letter="0", synonyms="default factory restore", where=_CONSOLE, action="screen.knobs('reset')"),
    Command("knobs.copy", "Copy the settings", "copy settings",
            "Copy what the server has taken, as a session.update (y, with a knob in hand).",
            synonyms="export json clipboard take home code", where=_CONSOLE, action="screen.knobs('copy')"),
    Command("knobs.copy-python", "Copy settings as Python", "copy python",
            "Copy what the server has taken, as a program for the official Python package.",
            synonyms="export code sdk openai clipboard", where=_CONSOLE, action="screen.knobs('copy-python')"),
    Command("knobs.copy-javascript", "Copy settings as JavaScript", "copy javascript",
            "Copy what the server has taken, as a module for the official JavaScript package.",
            synonyms="export code sdk openai node js clipboard", where=_CONSOLE,
            action="screen.knobs('copy-javascript')"),
    Command("knobs.more", "All knobs", "more", "Show all knobs, or only those that there is room for.", letter="m",
            synonyms="more settings fold unfold parameters", where=_TRANSCRIPT, action="screen.knobs('more')"),
)
_READING = (
    Command("page-up", "Page up", "page up", "Read back in the conversation.", "pageup",
            where=_TRANSCRIPT, action="screen.read('page_up')"),
    Command("page-down", "Page down", "page down", "Read on in the conversation.", "pagedown",
            where=_TRANSCRIPT, action="screen.read('page_down')"),
    Command("top", "Top", "top", "To the first line (while the input line is empty).", "home",
            where=_TRANSCRIPT, action="screen.read('home')"),
    Command("end", "End", "end", "To the end, to follow again (while the input line is empty).", "end",
            where=_TRANSCRIPT, action="screen.read('end')"),
    Command("turn-before", "Turn before", "turn before", "Point at the turn before; commands are about it.",
            letter="up", where=_TRANSCRIPT, action="screen.turn(-1)"),
    Command("turn-next", "Next turn", "next turn", "Point at the next turn.", letter="down",
            where=_TRANSCRIPT, action="screen.turn(1)"),
    Command("copy-turn", "Copy the turn", "copy", "Copy what is selected, else the turn pointed at, else the last one.",
            letter="y", synonyms="clipboard text", where=_TRANSCRIPT, action="screen.copy_turn"),
    Command("copy-cut", "Copy the last cut", "copy the cut", "Copy what there is to say about the last cut.",
            synonyms="clipboard why interruption", where=_TRANSCRIPT, action="screen.copy_cut"),
    Command("copy-transcript", "Copy the conversation", "copy all", "Copy the whole conversation as text.",
            synonyms="clipboard transcript export", where=_TRANSCRIPT, action="screen.copy_transcript"),
    Command("search", "Search the conversation", "search", "Look for words in the conversation.", letter="slash",
            synonyms="find transcript", where=_TRANSCRIPT, action="screen.search"),
    Command("search-next", "Next match", "next match", "To the next place that has the words.", letter="n",
            where=_TRANSCRIPT, action="screen.match(1)"),
    Command("search-before", "Match before", "match before", "To the place before that has the words.", letter="N",
            where=_TRANSCRIPT, action="screen.match(-1)"),
    Command("scope-in", "Zoom into the scope", "zoom in", "Shorter columns, down to 20 ms.", letter="plus",
            synonyms="magnify time", where=_TRANSCRIPT, action="screen.zoom('in')"),
    Command("scope-out", "Zoom out of the scope", "zoom out", "Longer columns, up to a second.", letter="minus",
            synonyms="time", where=_TRANSCRIPT, action="screen.zoom('out')"),
    Command("scope-freeze", "Freeze the scope", "pause", "Let the scope stand still, or follow again.",
            letter="space", synonyms="pause hold stop", where=_CONSOLE, action="screen.freeze"),
    Command("scope-back", "Scope: back", "before", "Move the cursor of the scope back; it scrolls at the edge.",
            letter="left", where=_CONSOLE, action="screen.scroll_scope('back')"),
    Command("scope-on", "Scope: on", "next", "Move the cursor of the scope on.", letter="right",
            where=_CONSOLE, action="screen.scroll_scope('on')"),
    Command("pane-whole", "One pane alone", "one pane", "Show the pane that has the focus alone, or all.",
            "alt+m", letter="M", synonyms="maximise maximize zoom full screen conversation", where=_TRANSCRIPT,
            action="screen.whole"),
    Command("pane-ears", "Ears: hide or show", "ears", "Hide the pane of the ears, or show it.", "alt+h",
            letter="number_sign",
            synonyms="panel knobs meters side", where=_TRANSCRIPT, action="screen.pane('ears')"),
    Command("pane-cut", "Last cut: hide or show", "last cut", "Hide the card of the last cut, or show it.",
            synonyms="panel card", where=_TRANSCRIPT, action="screen.pane('last cut')"),
    Command("pane-wider", "Conversation wider", "wider", "Move the border beside the conversation (or drag it).",
            "alt+right", synonyms="resize pane", where=_TRANSCRIPT, action="screen.resize('wider')"),
    Command("pane-narrower", "Conversation narrower", "narrower", "Move the border beside the conversation.",
            "alt+left", synonyms="resize pane", where=_TRANSCRIPT, action="screen.resize('narrower')"),
    Command("pane-higher", "Lower pane higher", "pane higher", "More rows for the scope, or for the ears (or drag).",
            "alt+up", synonyms="resize pane", where=_TRANSCRIPT, action="screen.resize('higher')"),
    Command("pane-lower", "Lower pane lower", "pane lower", "Fewer rows for the scope, or for the ears.",
            "alt+down", synonyms="resize pane", where=_TRANSCRIPT, action="screen.resize('lower')"),
    Command("pane-reset", "Panes as they come", "panes", "All panes, in their usual sizes.",
            synonyms="reset layout", where=_TRANSCRIPT, action="screen.panes_reset"),
    Command("cut-before", "The cut before", "mark before", "Show the cut or false alarm before on the card.",
            letter="less_than_sign", where=_CONSOLE, action="screen.cut('before')"),
    Command("cut-next", "The next cut", "next mark", "Show the next cut or false alarm on the card.",
            letter="greater_than_sign", where=_CONSOLE, action="screen.cut('next')"),
    Command("cut-events", "Events of the last cut", "cut's events", "The last cut, event by event.", letter="j",
            synonyms="wire inspector truncate cancel", where=_TRANSCRIPT, action="screen.cut_events"),
    Command("leave-input", "Leave the input line", "letters", "Leave the input line: letters are commands.",
            "escape", where=_CONSOLE, action="screen.leave_input"),
    Command("enter-input", "Type", "type", "Back to the input line; so does any key that means nothing here.",
            "enter", where=_CONSOLE, action="screen.enter_input"),
)
# fmt: on

COMMANDS: Commands = {
    command.id: replace(command, group=group)
    for group, rows in (
        (KeyGroup.SCREENS, _SCREENS),
        (KeyGroup.TALK, _TALK),
        (KeyGroup.TURNS, _TURNS),
        (KeyGroup.KNOBS, _KNOBS),
        (KeyGroup.OFFERS, _OFFERS),
        (KeyGroup.CALLS, _CALLS),
        (KeyGroup.READING, _READING),
        (KeyGroup.HERE, HERE),
    )
    for command in rows
}
"""Every command by id."""


def bindings(place: Place | None = None) -> list[BindingType]:
    """The bindings of a screen; without a place those of the application, which act everywhere."""
    if place is None:
        return [b for c in COMMANDS.values() if c.where == EVERYWHERE for b in c.bindings()]
    return [b for c in COMMANDS.values() if c.where != EVERYWHERE and place in c.where for b in c.bindings()]
