"""After a true interruption the next answer says, in one breath, that it noticed."""

from __future__ import annotations

from voice_tui.conversation.heard import last_words

STYLES: dict[int, str] = {
    0: "",
    1: "Acknowledge that in a few natural words, then answer.",
    2: "Apologise for having talked on in a few natural words, then answer.",
}


def acknowledgement(instructions: str, heard: str, style: int) -> str:
    """Instructions for the answer after an interruption; "" where there is nothing special to say.

    Args:
        instructions: The session's own, which the response's replace.
        heard: What the listener had heard of the answer that was cut.
        style: Key of `STYLES`.
    """
    wish = STYLES.get(style, "")
    if not wish:
        return ""
    words = last_words(heard)
    where = f'after hearing "{words}"' if words else "before hearing anything of your answer"
    return f"{instructions}\n\nThe user has just interrupted you {where}. {wish}"
