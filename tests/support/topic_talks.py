"""Talks with changes of topic, written by hand: blocks of turns about one thing, user and assistant in turn."""

from __future__ import annotations

from typing import TypeAlias

Block: TypeAlias = tuple[str, ...]

TALKS: tuple[tuple[Block, ...], ...] = (
    (
        (
            "I want to spend a week in Portugal in June.",
            "Lovely, June is warm and not too crowded. Would you rather see cities or beaches?",
            "Mostly beaches, but one day in Lisbon would be nice.",
            "Then fly to Faro, stay in Lagos, and take the train to Lisbon at the end.",
            "How long does the train take from Lagos to Lisbon?",
            "About four hours with a change in Tunes.",
        ),
        (
            "By the way, my laptop gets very hot when I compile.",
            "Check whether the fans are clogged, and which process uses the processor.",
            "The fan is loud all the time, even when nothing is running.",
            "Then dust is likely, or the thermal paste has dried out.",
        ),
        (
            "What could I cook tonight with eggplant and tomatoes?",
            "Roast them with garlic and serve them over pasta with ricotta.",
            "Is there something without dairy in it?",
            "Leave the ricotta out and use toasted almonds and basil.",
        ),
    ),
    (
        (
            "Can you explain how interest on a mortgage is calculated?",
            "Each month the rate is applied to what you still owe, so it falls over time.",
            "So why do I pay so little of the principal in the first years?",
            "Because the payment is constant and the interest share is largest at the beginning.",
            "Would it help to pay some extra every month?",
            "Yes, extra payments go straight to the principal and shorten the loan.",
        ),
        (
            "My son has a fever since yesterday evening.",
            "How high is it, and does he drink enough?",
            "It is thirty nine degrees and he drinks only a little.",
            "Offer small sips often, and call a doctor if it stays for three days.",
        ),
        (
            "Tell me something about the Roman emperor Hadrian.",
            "He ruled from 117 to 138 and is known for the wall in Britain.",
            "Why did he have the wall built at all?",
            "To mark and guard the northern border of the empire.",
        ),
    ),
    (
        (
            "I am practising for a job interview as a data analyst.",
            "Good. Tell me about a project in which you found something surprising in the data.",
            "I found out that most of our customers left after the second invoice.",
            "What did you do with that finding?",
            "I showed it to the billing team and they changed the wording.",
            "That is a strong story, try to add numbers to it.",
        ),
        (
            "Do you know a good exercise against pain in the lower back?",
            "Try the cat and cow stretch, slowly, ten times in the morning.",
            "Should I also go swimming or is that bad for the spine?",
            "Swimming on your back is gentle and strengthens the muscles.",
        ),
        (
            "I need a birthday present for my sister, she likes gardening.",
            "How about a good pair of pruning shears or a book on old roses?",
            "She already has plenty of tools, a book sounds good.",
            "Then take one about roses and add some seeds.",
        ),
    ),
    (
        (
            "How do I say in Spanish that I would like a table for two?",
            "Quisiera una mesa para dos, por favor.",
            "And how do I ask for the bill at the end?",
            "La cuenta, por favor.",
            "What would the waiter answer to that?",
            "Enseguida, which means right away.",
        ),
        (
            "Which football team won the league last season?",
            "I can't look up results, but I can tell you how the league works.",
            "How many teams are relegated each year?",
            "In most leagues the last two or three go down.",
        ),
        (
            "My neighbour plays the drums every night, what can I do about it?",
            "Talk to him first, then write down the times, then ask the landlord.",
            "He just laughed when I spoke to him.",
            "Then keep a noise diary and write to the landlord.",
        ),
    ),
    (
        (
            "I would like to order two pizzas to be delivered.",
            "Of course. Which ones, and what size?",
            "One margherita and one with mushrooms, both large.",
            "Anything to drink with that?",
            "A bottle of water, and please be quick.",
            "It will be with you in forty minutes.",
        ),
        (
            "What is the difference between weather and climate?",
            "Weather is what you see today, climate is what is usual over decades.",
            "So one cold winter says nothing about climate change?",
            "Right, only trends over many years do.",
        ),
        (
            "I can't decide whether to adopt a dog or a cat.",
            "How much time do you have for walks each day?",
            "Perhaps an hour, I work from home.",
            "That may be enough for a small calm dog.",
            "Would a dog be all right alone for three hours?",
            "Most grown dogs can get used to that.",
        ),
    ),
    (
        (
            "Let us plan the release of version two.",
            "All right. Which features must be in?",
            "The new search and the export to spreadsheets.",
            "Are the tests for the export finished?",
            "No, they fail on Windows because of the line endings.",
            "Then fix those first and release a week later.",
        ),
        (
            "How deep is the deepest point of the ocean?",
            "The Challenger Deep lies almost eleven kilometres below the surface.",
            "Has anybody ever been down there?",
            "Yes, Piccard and Walsh in 1960, and a few others since.",
        ),
        (
            "Please help me write a letter of resignation.",
            "When is your last day, and do you want to give reasons?",
            "The end of March, and I would rather not give any.",
            "Then keep it to three sentences and thank them.",
        ),
    ),
)
