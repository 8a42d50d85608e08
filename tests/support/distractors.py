"""Other facts of the kind one tells, in any number: the crowd in which recall must find the labelled ones."""

from __future__ import annotations

import random

from tests.support.remembered import Told


def _each(text: str) -> list[str]:
    return text.split("|")


NAMES = _each(
    "Priya|Tomas|Helga|Kofi|Mei|Dario|Yusuf|Freya|Lars|Noor|Pablo|Greta|Amara|Hugo|Leila|Viktor|Rosa|"
    "Emeka|Sanna|Raj|Elif|Oskar|Bianca|Jonas|Aiko|Milan|Zara|Piotr|Anouk|Diego|Farah|Stefan|Lucia|Henrik|"
    "Maya|Andrei|Celine|Omar|Tove|Kwame|Irina|Mateo|Nadia|Felix|Sunita|Bruno|Astrid|Chidi|Paola|Emil"
)
CITIES = _each("Leeds|Graz|Turin|Oslo|Lyon|Ghent|Split|Malmo|Bergen|Dakar|Quito|Osaka|Perth|Tampa|Cork|Riga")
JOBS = _each("plumber|teacher|lawyer|florist|pilot|surveyor|chemist|tailor|paramedic|welder|notary|translator")
FOODS = _each("peanuts|strawberries|gluten|soy|pollen|latex|mustard|kiwi|celery|eggs|dust|sesame")
PETS = _each("hamster|parrot|rabbit|tortoise|goldfish|pony|budgie|ferret")
PET_NAMES = _each("Rex|Coco|Pepper|Ziggy|Nala|Otto|Mocha|Bluebell|Sparky|Juno")
THINGS = _each("a lamp|two chairs|running socks|a toaster|printer paper|a raincoat|batteries|a frying pan|stamps|a rug")
TOPICS = _each("budget|website|roof|invoice|new logo|survey|shipping|garden plan|newsletter|printer contract")
PLACES = _each("the market|the hardware shop|the harbour|the library|the museum|the station|the town hall|the gym")
HOBBIES = _each("chess|pottery|archery|bird watching|salsa|rowing|fencing|knitting|climbing|photography")
MONTHS = _each("January|February|March|April|May|June|July|August|September|October|November|December")
WEEKDAYS = _each("Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday")


TEMPLATES = (
    "{name} lives in {city}.",
    "{name} works as a {job} in {city}.",
    "{name} is allergic to {food}.",
    "{name}'s birthday is on the {day} of {month}.",
    "{name} has a {pet} called {pet_name}.",
    "{name} moved from {city} to {city2} in {month}.",
    "{name} is married to {name2}.",
    "{name} likes {hobby} and {hobby2}.",
    "{name} will visit {city} in {month}.",
    "{name} doesn't like {hobby} any more.",
    "{name} and {name2} met at {place} in {city}.",
    "{name} owes me {day} euros for {thing}.",
    "I met {name} at {place} on {weekday} the {day} of {month}.",
    "I bought {thing} at {place} for {day} euros.",
    "I talked with {name} about the {topic} on {weekday}.",
    "I have to send the {topic} to {name} by the {day} of {month}.",
    "The meeting about the {topic} with {name} is on the {day} of {month}.",
    "The {topic} was finished by {name} in {month}.",
    "{name} lent us {thing} on {weekday}.",
    "{name} recommended {hobby} at {place}.",
)


def distractors(count: int, seed: int = 7) -> list[Told]:
    """Other facts of the kind one tells: about acquaintances, errands, meetings. None answers a question above."""
    rng = random.Random(seed)
    made: dict[str, Told] = {}
    while len(made) < count:
        name, name2 = rng.sample(NAMES, 2)
        city, city2 = rng.sample(CITIES, 2)
        hobby, hobby2 = rng.sample(HOBBIES, 2)
        text = rng.choice(TEMPLATES).format(
            name=name, name2=name2, city=city, city2=city2, hobby=hobby, hobby2=hobby2, job=rng.choice(JOBS),
            food=rng.choice(FOODS), day=rng.randint(3, 28), month=rng.choice(MONTHS), pet=rng.choice(PETS),
            pet_name=rng.choice(PET_NAMES), thing=rng.choice(THINGS), topic=rng.choice(TOPICS),
            place=rng.choice(PLACES), weekday=rng.choice(WEEKDAYS),
        )  # fmt: skip
        speaker = rng.choice(("Ada", "Ben"))
        made[text] = Told(f"other{len(made)}", name if name in text else speaker, speaker, text)
    return list(made.values())
