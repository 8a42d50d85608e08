"""Why the conversation went as it did: each cut, false alarm and slow answer in sentences, and with other knobs.

Pure: it takes what the engine told, live or from a recording.
"""

from voice_tui.why.sentences import sentences
from voice_tui.why.stories import Cut, Stories, Story, Wait
from voice_tui.why.what_if import Outcome, cut_after, what_if, when

__all__ = ["Cut", "Outcome", "Stories", "Story", "Wait", "cut_after", "sentences", "what_if", "when"]
