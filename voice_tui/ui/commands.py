"""Everything a key can do, in one table: it feeds the bindings, the key line, the palette, help and the README.

The ids are stable: ``keys.toml`` names them. A letter has one meaning on every screen and acts only where nothing is
being typed; F, Ctrl and Alt keys are asked before the widget that has the focus. A row comes with its command.
"""

from __future__ import annotations

from dataclasses import replace

from textual.binding import BindingType

from voice_tui.messages.intents import CallDemo, Request, StepPreset
from voice_tui.messages.link import RehearseRollover
from voice_tui.messages.memory import MemoryChanged
from voice_tui.messages.recording import Record, RecordingChanged
from voice_tui.messages.speakers import SpeakersChanged
from voice_tui.messages.talk import Interrupt, Mute, PushToTalk, SwitchesChanged
from voice_tui.messages.turns import FrontEndChanged, SwitchFrontEnd
from voice_tui.ui.keys import EVERYWHERE, Command, Commands, KeyGroup, Place

_SUPPRESSIONS = 4  # off and three strengths

_CONSOLE = frozenset({Place.CONSOLE})
_OFFERED = frozenset({Place.CONSOLE, Place.CONTEXT})
_CONTEXT = frozenset({Place.CONTEXT})
_MEMORY = frozenset({Place.MEMORY})
_TALK_READ = frozenset({Place.TALK})
_KEPT = _MEMORY | _TALK_READ
_FOUND = frozenset({Place.FOUND})
_VOICES = frozenset({Place.VOICES})
_EVENTS = frozenset({Place.EVENTS})
_LATENCY = frozenset({Place.LATENCY})
_JUDGE = frozenset({Place.JUDGE})
_WORDS = frozenset({Place.WORDS})
_RECORDINGS = frozenset({Place.RECORDINGS})
_REPLAY = frozenset({Place.REPLAY})
_TRANSCRIPT = _CONSOLE | _REPLAY
_ASKING = _MEMORY | _VOICES
_CHECK = frozenset({Place.CHECK})
_EDITOR = frozenset({Place.EDITOR})
_WHY = frozenset({Place.WHY})
_DEVICES = frozenset({Place.DEVICES})
_SETUP = frozenset({Place.SETUP})


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
    Command("interrupt", "Interrupt the assistant", "interrupt", "Stop the assistant now.", "f4", "ctrl+g",
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
    Command("aec", "Echo cancellation", "echo cancellation", "Take the assistant's own voice out of the microphone.",
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
    Command("context", "Context", "context", "All that the assistant reads, and what it costs.", "alt+k", letter="K",
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
    Command("prompt", "Edit the system prompt", "prompt", "Tell the assistant who to be, at once.",
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
    Command("knobs.copy-python", "Copy the settings as Python", "copy python",
            "Copy what the server has taken, as a program for the official Python package.",
            synonyms="export code sdk openai clipboard", where=_CONSOLE, action="screen.knobs('copy-python')"),
    Command("knobs.copy-javascript", "Copy the settings as JavaScript", "copy javascript",
            "Copy what the server has taken, as a module for the official JavaScript package.",
            synonyms="export code sdk openai node js clipboard", where=_CONSOLE,
            action="screen.knobs('copy-javascript')"),
    Command("knobs.more", "All knobs", "more", "Show all knobs, or only those that there is room for.", letter="m",
            synonyms="more settings fold unfold parameters", where=_CONSOLE, action="screen.knobs('more')"),
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
    Command("pane-ears", "Ears: hide or show", "ears", "Hide the pane of the ears, or show it.", "alt+h", letter="H",
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
_HERE = (
    Command("context.open", "Whole text", "open", "Read the whole text of the item.", "enter",
            where=_CONTEXT, action="screen.read", rank=2),
    Command("context.pin", "Pin", "pin", "Never summarise or delete this item, or do so again.", letter="p",
            where=_CONTEXT, action="screen.pin", rank=3),
    Command("context.summarise", "Summarise older turns", "summarise", "Put a summary in place of older turns, now.",
            letter="z", synonyms="shorten compress", where=_CONTEXT, action="screen.summarise", rank=4),
    Command("context.undo", "Undo the summary", "undo", "Put back what the last summary replaced.", letter="u",
            where=_CONTEXT, action="screen.undo", rank=5),
    Command("context.edit", "Edit the summary", "edit", "Give the summary other words.", letter="e",
            where=_CONTEXT, action="screen.edit", rank=6),
    Command("context.new-topic", "New topic", "new topic", "Go on with another topic.", letter="t",
            where=_CONTEXT, action="screen.new_topic", rank=7),
    Command("context.mode", "When to summarise", "when to summarise", "Summaries: off, ask, auto, off again.",
            letter="Z", synonyms="mode automatic", where=_CONTEXT, action="screen.mode('mode')"),
    Command("context.topics", "When the topic changes", "when topics change", "New topics: off, ask, auto, off again.",
            letter="T", synonyms="mode automatic", where=_CONTEXT, action="screen.mode('topic_mode')"),
    Command("answer", "Go on", "go on", "Take what is typed.", "enter", where=_ASKING, action="screen.submit", rank=2),
    Command("memory.search", "Search the memory", "search", "Type to search.", letter="slash",
            synonyms="find", where=_KEPT, action="screen.search", rank=2),
    Command("memory.edit", "Edit the fact", "edit", "Give the fact other words (also Enter).", letter="e",
            where=_MEMORY, action="screen.edit", rank=3),
    Command("memory.delete", "Delete", "delete", "Delete the fact or the conversation, at once.", also="delete",
            letter="d", where=_KEPT, action="screen.delete", rank=4),
    Command("memory.undo", "Take it back", "undo", "Take back what was deleted last.", letter="u",
            where=_MEMORY, action="screen.undo", rank=5),
    Command("memory.read", "Read the conversation", "read", "Read what was said in it (Enter).",
            synonyms="open conversation", where=_MEMORY, action="screen.read"),
    Command("memory.resume", "Resume the conversation", "resume", "Go on with it: the AI is told what was said.",
            letter="r", synonyms="continue conversation", where=_KEPT, action="screen.resume", rank=5),
    Command("memory.next", "Next match", "next match", "To the next place that has the words.", letter="n",
            where=_TALK_READ, action="screen.match(1)", rank=6),
    Command("memory.previous", "Match before", "match before", "To the place before that has the words.", letter="N",
            where=_TALK_READ, action="screen.match(-1)"),
    Command("memory.copy", "Copy the conversation", "copy", "Copy everything that was said, as text.", letter="y",
            synonyms="clipboard", where=_TALK_READ, action="screen.copy_talk", rank=7),
    Command("memory.find", "Look for facts", "find", "Look for facts in what was said.", letter="k",
            synonyms="extract", where=_MEMORY, action="screen.look", rank=6),
    Command("memory.export", "Export the memory", "export", "Write everything to a file.", letter="x",
            synonyms="save file json", where=_MEMORY, action="screen.export", rank=7),
    Command("memory.wipe", "Wipe the memory", "wipe", "Delete everything; it asks first.", letter="w",
            synonyms="delete erase forget", where=_MEMORY, action="screen.wipe", rank=8),
    Command("memory.private", "Private", "private", "Store nothing from now on, or store again.", letter="i",
            synonyms="incognito", where=_MEMORY, action="screen.private", on=(MemoryChanged, "private"), rank=9),
    Command("memory.facts", "Facts", "facts", "The list of facts.", letter="f", where=_MEMORY,
            action="screen.tab('facts')"),
    Command("memory.conversations", "Conversations", "conversations", "The list of conversations.", letter="c",
            where=_MEMORY, action="screen.tab('talks')"),
    Command("found.keep", "Keep the checked", "keep", "Store what is checked.", "enter", where=_FOUND,
            action="screen.keep", rank=2, first=True),
    Command("found.switch", "On or off", "on or off", "Check the fact, or not.", letter="space", where=_FOUND,
            action="screen.switch", rank=3),
    Command("speakers.edit", "Name the voice", "edit", "Say whose voice it is (also Enter).", letter="e",
            synonyms="rename", where=_VOICES, action="screen.rename", rank=2),
    Command("speakers.merge", "Merge two voices", "merge", "Two voices are one person's.", letter="equals_sign",
            synonyms="join same", where=_VOICES, action="screen.merge", rank=3),
    Command("speakers.enrol", "Add a voice", "add", "Make a voice known from the first word on; it asks first.",
            letter="a", synonyms="enrol voiceprint", where=_VOICES, action="screen.enrol", rank=4),
    Command("speakers.forget", "Forget the voice", "delete", "Forget the voice; it asks first.",
            also="delete,backspace", letter="d", synonyms="remove", where=_VOICES, action="screen.forget", rank=5),
    Command("speakers.on", "Tell voices apart", "tell apart", "Tell voices apart, or not.", letter="v",
            where=_VOICES, action="screen.switch", on=(SpeakersChanged, "on")),
    Command("speakers.labels", "Tell the model who speaks", "labels", "Tell the model who speaks, or not.",
            letter="l", where=_VOICES, action="screen.labels", on=(SpeakersChanged, "label_to_model")),
    Command("speakers.overlap", "Two at once", "overlap", "What happens when two speak at once.", letter="o",
            where=_VOICES, action="screen.overlap"),
    Command("check.apply", "Apply", "apply", "Set what is proposed.", "enter", where=_CHECK,
            action="screen.apply", rank=2),
    Command("check.again", "Measure again", "again", "Measure once more.", letter="r", where=_CHECK,
            action="screen.again", rank=3),
    Command("events.open", "Into the event", "open", "Its keys scroll the event; Esc leads back.", "enter",
            where=_EVENTS, action="screen.open", rank=11),
    Command("events.filter", "Filter by type", "filter", "Type parts of types; - before one leaves it out.",
            letter="F", synonyms="only type", where=_EVENTS, action="screen.events_filter", rank=2),
    Command("events.audio", "Audio events", "audio", "List events with sound as well, or hide them.", letter="h",
            synonyms="hide show delta append sound", where=_EVENTS, action="screen.audio", rank=3),
    Command("events.direction", "Sent or received", "direction", "List both ways, what was sent, what was received.",
            letter="b", synonyms="both client server", where=_EVENTS, action="screen.direction", rank=8),
    Command("events.pause", "Pause", "pause", "Let the list stand still, or go on; events are counted all the same.",
            letter="space", synonyms="freeze stop hold", where=_EVENTS, action="screen.pause", rank=4),
    Command("events.other", "Its answer", "answer", "To the event that answers it, or that it answers.", letter="g",
            synonyms="request response partner link", where=_EVENTS, action="screen.other", rank=5),
    Command("events.search", "Search the events", "search", "Look for words in the JSON.", letter="slash",
            synonyms="find", where=_EVENTS, action="screen.search", rank=6),
    Command("events.next", "Next match", "next match", "To the next event that has the words.", letter="n",
            where=_EVENTS, action="screen.match(1)", rank=9),
    Command("events.previous", "Match before", "match before", "To the event before that has the words.", letter="N",
            where=_EVENTS, action="screen.match(-1)"),
    Command("events.more", "Whole strings", "more", "Long strings whole, or folded.", letter="m",
            synonyms="fold unfold expand", where=_EVENTS, action="screen.more", rank=10),
    Command("events.copy", "Copy the event", "copy", "Copy the event as JSON.", letter="y",
            synonyms="clipboard", where=_EVENTS, action="screen.copy_event", rank=7),
    Command("events.save", "Save all events", "save", "Write all events that are kept to a file, as --events does.",
            letter="s", synonyms="file jsonl log", where=_EVENTS, action="screen.save", rank=12),
    Command("events.export", "Save the listed events", "export", "Write the events that are listed to a file.",
            letter="x", synonyms="file jsonl", where=_EVENTS, action="screen.export", rank=13),
    Command("latency.more", "Parts of each turn", "more", "Say the parts of each turn, or show them only.", letter="m",
            synonyms="details words", where=_LATENCY, action="screen.more", rank=2),
    Command("latency.copy", "Copy the figures", "copy", "Copy everything on this screen as text.", letter="y",
            synonyms="clipboard", where=_LATENCY, action="screen.copy_figures", rank=3),
    Command("judge.more", "What the measures mean", "more", "Say what each measure means, or show figures only.",
            letter="m", synonyms="details explain words", where=_JUDGE, action="screen.more", rank=2),
    Command("judge.copy", "Copy the figures", "copy", "Copy everything on this screen as text.", letter="y",
            synonyms="clipboard", where=_JUDGE, action="screen.copy_figures", rank=3),
    Command("recordings.open", "What was said", "read", "Read what was said, or go back to the list.", "enter",
            where=_RECORDINGS, action="screen.read", rank=2),
    Command("recordings.copy", "Copy the path", "copy", "Copy the path of its folder.", letter="y",
            synonyms="clipboard folder", where=_RECORDINGS, action="screen.copy_path", rank=3),
    Command("recordings.export", "Export the sound", "export", "Write its sound to a stereo file where you started.",
            letter="x", synonyms="save wav file", where=_RECORDINGS, action="screen.export", rank=4),
    Command("recordings.delete", "Delete the recording", "delete", "Delete the recording; it asks first.",
            also="delete", letter="d", synonyms="remove", where=_RECORDINGS, action="screen.delete", rank=5),
    Command("why.before", "The story before", "before", "To the cut, false alarm or late answer before.",
            letter="left", where=_WHY, action="screen.earlier", rank=2),
    Command("why.next", "The next story", "next", "To the next cut, false alarm or late answer.",
            letter="right", where=_WHY, action="screen.later", rank=3),
    Command("why.higher", "Try a higher sureness", "higher", "Decide again with a higher sureness.", letter="plus",
            synonyms="what if threshold", where=_WHY, action="screen.higher", rank=4),
    Command("why.lower", "Try a lower sureness", "lower", "Decide again with a lower sureness.", letter="minus",
            synonyms="what if threshold", where=_WHY, action="screen.lower", rank=5),
    Command("why.copy", "Copy the story", "copy", "Copy it as text, or what is selected.", letter="y",
            synonyms="clipboard", where=_WHY, action="screen.copy_story", rank=6),
    Command("why.export", "Write the story to a file", "export", "Write it as SVG, HTML or text.", letter="x",
            synonyms="save svg html share", where=_WHY, action="screen.export", rank=7),
    Command("devices.choose", "Use the device", "use", "Use it from now on; it is kept for the next start.", "enter",
            where=_DEVICES, action="screen.choose", rank=2),
    Command("devices.tone", "Test tone", "tone", "Play a tone on the loudspeaker.", letter="space",
            synonyms="sound test beep", where=_DEVICES, action="screen.tone", rank=3),
    Command("setup.try", "Try the endpoint", "try", "Connect and leave again: nothing is said or paid.", "enter",
            where=_SETUP, action="screen.try", rank=2),
    Command("setup.keep", "Keep it without a try", "keep", "Choose where it is kept, though it does not let us in now.",
            "ctrl+j", synonyms="save store", where=_SETUP, action="screen.keep", rank=3),
    Command("replay.play", "Play", "pause", "Play, or stand still.", letter="space", synonyms="play stop go on",
            where=_REPLAY, action="screen.play", rank=2),
    Command("replay.next", "Next mark", "next mark", "To the next interruption, false alarm, slow turn or error.",
            letter="greater_than_sign", synonyms="jump cut error slow", where=_REPLAY, action="screen.mark('next')",
            rank=3),
    Command("replay.previous", "Mark before", "mark before", "To the mark before.",
            letter="less_than_sign",
            where=_REPLAY, action="screen.mark('previous')", rank=4),
    Command("replay.back", "Back", "before", "Five seconds back.", "left", synonyms="rewind",
            where=_REPLAY, action="screen.move('back')", rank=5),
    Command("replay.on", "On", "next", "Five seconds on.", "right", synonyms="forward skip",
            where=_REPLAY, action="screen.move('on')", rank=6),
    Command("replay.far-back", "Far back", "far back", "Half a minute back.", "shift+left",
            where=_REPLAY, action="screen.move('far back')"),
    Command("replay.far-on", "Far on", "far on", "Half a minute on.", "shift+right",
            where=_REPLAY, action="screen.move('far on')"),
    Command("replay.slower", "Slower", "slower", "Half as fast, down to a quarter.", letter="comma",
            synonyms="speed", where=_REPLAY, action="screen.speed('slower')", rank=7),
    Command("replay.faster", "Faster", "faster", "Twice as fast, up to eight times.", letter="full_stop",
            synonyms="speed", where=_REPLAY, action="screen.speed('faster')", rank=8),
    Command("replay.verdict", "Judge the cut", "verdict",
            "Say of the cut here: real, false, or missed where nothing was cut; once more for the next.", letter="V",
            synonyms="label mark real false missed interruption", where=_REPLAY, action="screen.verdict", rank=9),
    Command("replay.kind", "Name the voice here", "kind",
            "Say what your voice is here: turn, backchannel, cough, to others; once more for the next.", letter="S",
            synonyms="label mark sound backchannel tic cough others", where=_REPLAY, action="screen.kind", rank=10),
    Command("replay.words", "Words as heard here", "words",
            "What our own recogniser hears in the recording, beside the endpoint's words.", letter="H",
            synonyms="transcript moonshine recogniser hear compare word error", where=_REPLAY,
            action="app.open('words')", rank=11),
    Command("words.more", "Turns without a difference", "more", "All turns, or only those in which words differ.",
            letter="m", synonyms="fold unfold all", where=_WORDS, action="screen.more", rank=2),
    Command("words.copy", "Copy the words", "copy", "Copy everything on this screen as text.", letter="y",
            synonyms="clipboard", where=_WORDS, action="screen.copy_figures", rank=3),
    Command("editor.keep", "Send the text", "send", "Send it; the answer is shown.", "ctrl+j", "ctrl+enter",
            synonyms="save", where=_EDITOR, action="screen.keep", rank=2),
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
        (KeyGroup.HERE, _HERE),
    )
    for command in rows
}
"""Every command by id."""


def bindings(place: Place | None = None) -> list[BindingType]:
    """The bindings of a screen; without a place those of the application, which act everywhere."""
    if place is None:
        return [b for c in COMMANDS.values() if c.where == EVERYWHERE for b in c.bindings()]
    return [b for c in COMMANDS.values() if c.where != EVERYWHERE and place in c.where for b in c.bindings()]
