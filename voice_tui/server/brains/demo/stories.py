"""Something long to say, so that there is something to interrupt."""

from __future__ import annotations

from voice_tui.server.sentences import split

LIGHTHOUSE = (
    "All right, here is the story of the lighthouse that learned to listen. "
    "On a black rock at the edge of the northern sea there stood a lighthouse, and in it lived a keeper named Maren. "
    "Every evening she climbed one hundred and twelve steps, lit the lamp, and spoke into the old brass tube that led "
    "down to the harbour. "
    "The tube had a curious habit: it carried only one voice at a time. "
    "If Maren spoke, nobody could answer, and if the harbour spoke, Maren had to wait. "
    "For many years this was no trouble, because the sea was calm and nobody was in a hurry. "
    "Then came the winter of the great fog. "
    "Ships crept along the coast like blind cats, and every captain had a question, and every question was urgent. "
    "Maren read her warnings into the tube, long careful warnings, while the captains shouted at the other end and "
    "were not heard. "
    "One night a small boat called the Heron came too close to the rocks. "
    "Its captain cried stop, stop, you are guiding us the wrong way, but Maren was in the middle of a sentence, and "
    "the tube let nothing through until the sentence was over. "
    "The Heron scraped the reef, and though everyone was saved, Maren did not sleep for a week. "
    "She took the tube apart, piece by piece, and laid the pieces out on the kitchen table. "
    "She saw that it did not need to be louder, and it did not need to be faster. "
    "It needed to notice when somebody else began to speak. "
    "So she built a little flap of silver foil, so light that a breath from the other end would move it. "
    "Whenever the foil trembled, Maren stopped, even in the middle of a word, and listened. "
    "At first it trembled too often, at a cough, at a door, at the cry of a gull, and she stopped for nothing. "
    "She bent the foil a little stiffer, and waited a little longer, until only a real voice could move it. "
    "And she kept a slate beside the tube, where she marked the last word the harbour had truly heard, so that she "
    "could go on from there and not from where she had been in her thoughts. "
    "By spring the captains said that talking to the lighthouse was like talking to a friend across a table. "
    "The fog still comes to that coast, and the rocks are as black as ever. "
    "But no ship has touched them since, because the lighthouse learned the hardest thing there is to learn about "
    "speaking, which is when to stop. "
    "And that is the end of the story."
)
CLOCKMAKER = (
    "Here is another one, about the clockmaker who sold minutes. "
    "In a crooked street behind the market there was a shop with no clocks in the window, only small paper envelopes. "
    "On each envelope the clockmaker had written a number, one, or five, or ten, and inside was exactly that many "
    "minutes. "
    "Nobody believed it, of course, until a baker bought five of them on a Tuesday when her bread was about to burn. "
    "She tore the envelope open, and the whole street stood still while she walked calmly to the oven. "
    "After that there was a queue around the corner every morning. "
    "Students bought minutes before examinations, and lovers bought them on railway platforms. "
    "The clockmaker grew rich, but every evening he looked a little older, and his apprentice began to count. "
    "She counted the envelopes that were sold, and she counted the grey hairs on his head, and the numbers agreed. "
    "So one night she wrote a new sign and hung it on the door. "
    "It said that from now on minutes were not for sale, but that they could be given away. "
    "The next morning an old woman came in, put one minute on the counter, and told the clockmaker to keep it for "
    "himself. "
    "By noon there was a queue around the corner again, and everyone in it had brought something small. "
    "They say he is still alive, and that if you are ever truly short of time, you may knock. "
    "And that is the end of that story."
)
STORIES: tuple[tuple[str, ...], ...] = tuple(tuple(split(text)) for text in (LIGHTHOUSE, CLOCKMAKER))


def begun(heard: str) -> tuple[tuple[str, ...], int] | None:
    """Which story somebody has heard (in part), and the index of the first sentence not heard to its end."""
    flat = " ".join(heard.split())
    for story in STORIES:
        known = [i for i, sentence in enumerate(story) if sentence.strip() in flat]
        first_words = " ".join(story[0].split()[:4])
        if known or first_words in flat:
            return story, max(known, default=-1) + 1
    return None
