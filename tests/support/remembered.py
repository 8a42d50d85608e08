"""A labelled set for recall: what two people told, how they ask for it later, and what nobody ever told.

Ada and Ben share a flat. Facts stand as they come in: some in the speaker's words, some as a model would note them.
Questions avoid the facts' words where people would. Those with an even index were used to choose the constants of
recall, the odd ones were not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Told(NamedTuple):
    """A fact: its key in this set, whom or what it is about, who said it, the text."""

    key: str
    subject: str
    speaker: str
    text: str


class Asked(NamedTuple):
    """A question, who asks, and the facts that answer it (any of them will do)."""

    text: str
    speaker: str
    keys: frozenset[str]


def _table(text: str) -> Iterator[list[str]]:
    return ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())


FACTS = tuple(
    Told(*row)
    for row in _table("""
home           | Ada            | Ada | I live in Lisbon, on the third floor of a yellow house in Alfama.
job            | Ada            | Ada | I'm a marine biologist, I count seagrass for the university.
boss           | Ada            | Ada | My supervisor is called Professor Tavares.
allergy        | Ada            | Ada | Ada is allergic to penicillin.
nuts           | Ada            | Ada | Walnuts make my throat swell up.
vegetarian     | Ada            | Ada | I don't eat meat, but fish is fine.
birthday       | Ada            | Ada | I was born on the 14th of March 1988.
sister         | Ada            | Ada | My sister Ines is a nurse in Porto.
mother         | Ada            | Ada | Ada's mother is called Teresa and is seventy-one.
father         | Ada            | Ada | Dad died when I was nineteen.
niece          | Ada            | Ada | Ines has a little girl, Clara, who just turned four.
dog            | dog            | Ada | We have a dog called Biscuit, a brown terrier.
vet            | dog            | Ada | Biscuit sees Doctor Lopes when he is ill.
coffee         | Ada            | Ada | I take my coffee black, no sugar.
tea            | Ada            | Ada | Ada can't stand green tea.
colour         | Ada            | Ada | My favourite colour is teal.
band           | Ada            | Ada | Ada listens to Fleetwood Mac all day long.
book           | Ada            | Ada | I am reading Middlemarch at the moment.
cello          | Ada            | Ada | I've played the cello since I was seven.
swim           | Ada            | Ada | Every Tuesday and Friday morning I swim two kilometres.
car            | Ada            | Ada | I drive an old green Renault 4.
licence        | Ada            | Ada | I never learned to ride a motorbike.
language       | Ada            | Ada | Ada speaks Portuguese, English and a bit of Danish.
learning       | Ada            | Ada | I am trying to learn Icelandic with an app.
trip           | Ada            | Ada | In September I will fly to Reykjavik for ten days.
conference     | Ada            | Ada | The seagrass conference is in Trieste on the 9th of May.
deadline       | Ada            | Ada | My thesis chapter has to be handed in by the end of April.
dentist        | Ada            | Ada | I have a dentist appointment on Thursday at half past three.
doctor         | Ada            | Ada | My GP is Doctor Figueira, in Rua da Graça.
sleep          | Ada            | Ada | I go to bed at ten and I am up before six.
glasses        | Ada            | Ada | Ada needs glasses for reading only.
fear           | Ada            | Ada | I panic in lifts, so I always take the stairs.
snakes         | Ada            | Ada | Snakes don't bother me at all.
married        | Ada            | Ada | Ada and Marco got married in 2015 in Sintra.
husband        | Marco          | Ada | My husband Marco is a carpenter.
anniversary    | Ada            | Ada | Our wedding day was the 20th of June.
wifi           | flat           | Ada | The wireless network at home is called seagull42.
landlord       | flat           | Ada | Senhora Almeida owns our flat, she lives downstairs.
rent           | flat           | Ada | We pay 940 euros a month for the flat.
spare          | flat           | Ada | A spare key lies under the blue flower pot.
bins           | flat           | Ada | Rubbish is collected on Monday and Thursday nights.
boiler         | flat           | Ada | The boiler has to be serviced in October.
car_service    | Ada            | Ada | The Renault goes to Garagem Sousa for repairs.
school         | Ada            | Ada | Ada went to university in Aveiro.
childhood      | Ada            | Ada | I grew up in a fishing village near Nazaré.
friend         | Ada            | Ada | Joana has been my best friend since primary school.
gift           | Ada            | Ada | For Joana's party I want to make a lemon cake.
dish           | Ada            | Ada | Nothing beats grilled sardines with potatoes for me.
money          | Ada            | Ada | I am saving up for a small sailing boat.
shoes          | Ada            | Ada | I wear size 39.
ben_home       | Ben            | Ben | I moved into the flat's back room in January.
ben_job        | Ben            | Ben | Ben works as a night-shift baker at Padaria Central.
ben_origin     | Ben            | Ben | I come from Cardiff originally.
ben_allergy    | Ben            | Ben | Ben can't have shellfish, he gets a rash.
ben_milk       | Ben            | Ben | Milk upsets my stomach, so oat milk only please.
ben_birthday   | Ben            | Ben | My birthday is on the 2nd of November.
ben_cat        | cat            | Ben | My cat Pixel is grey and very shy.
ben_food       | cat            | Ben | Pixel only eats the tuna kind from the tin.
ben_brother    | Ben            | Ben | My twin brother Owen drives lorries in Canada.
ben_partner    | Ben            | Ben | I have been going out with Sofia for two years.
ben_wedding    | Ben            | Ben | Sofia and I will marry next August.
ben_guitar     | Ben            | Ben | I am learning the bass guitar.
ben_club       | Ben            | Ben | Ben supports Swansea City.
ben_run        | Ben            | Ben | Ben is training for the Porto marathon.
ben_knee       | Ben            | Ben | I hurt my left knee in February.
ben_smoke      | Ben            | Ben | I gave up cigarettes two years ago.
ben_alcohol    | Ben            | Ben | Ben does not drink alcohol.
ben_phone      | Ben            | Ben | I broke my phone and use an old Nokia for now.
ben_bike       | Ben            | Ben | I go to work by bike, a red one.
ben_quit       | Ben            | Ben | One day I would like to open a bakery of my own.
ben_film       | Ben            | Ben | I have seen Alien at least twenty times.
ben_books      | Ben            | Ben | Ben does not like novels, only comics.
""")
)

ASKED = tuple(
    Asked(text, speaker, frozenset(keys.split()))
    for text, speaker, keys in _table("""
What city is home for me?                          | Ada | home
Where do I live?                                   | Ada | home
What do I do for a living?                         | Ada | job
Who do I report to at work?                        | Ada | boss
Which medicine must I not take?                    | Ada | allergy
Is there any food I react badly to?                | Ada | nuts
Can you suggest a dinner? Remember what I never eat. | Ada | vegetarian nuts
How old am I?                                      | Ada | birthday
Do I have any siblings?                            | Ada | sister niece
What is my mum's name?                             | Ada | mother
Is my father still alive?                          | Ada | father
How old is my niece?                               | Ada | niece
What is our dog called?                            | Ada | dog vet
Who do I call if our pet is sick?                  | Ada | vet
How do I like my coffee?                           | Ada | coffee
Which hot drink do I hate?                         | Ada | tea
What colour should I paint the door, knowing me?   | Ada | colour
What music do I enjoy?                             | Ada | band
Which novel have I got on my bedside table?        | Ada | book
Do I play an instrument?                           | Ada | cello
What sport do I do, and on which days?             | Ada | swim
What kind of car have I got?                       | Ada | car car_service
Can I ride a motorcycle?                           | Ada | licence
How many languages can I speak?                    | Ada | language learning
Which language am I studying?                      | Ada | learning
Where am I going on holiday this autumn?           | Ada | trip
When do I have to be in Italy?                     | Ada | conference
When is my chapter due?                            | Ada | deadline
What time do I see the dentist?                    | Ada | dentist
What is the name of my family doctor?              | Ada | doctor
When do I usually get up?                          | Ada | sleep
Do I wear spectacles?                              | Ada | glasses
What am I afraid of?                               | Ada | fear snakes
Would I be scared of a python?                     | Ada | snakes
Who is my spouse?                                  | Ada | husband married
What does Marco do for work?                       | Ada | husband
On what date is our wedding anniversary?           | Ada | anniversary married
What's the name of our wifi?                       | Ben | wifi
Who is our landlady?                               | Ben | landlord
How much is the rent?                              | Ben | rent
I'm locked out, how do I get in?                   | Ben | spare
Which evenings does the trash go out?              | Ben | bins
When does the heating need maintenance?            | Ben | boiler
Where do I bring my car when it breaks down?       | Ada | car_service
Where did I study?                                 | Ada | school
Where did I spend my childhood?                    | Ada | childhood
Who is my oldest friend?                           | Ada | friend
What did I want to bake for Joana?                 | Ada | gift
What's my favourite meal?                          | Ada | dish
What am I putting money aside for?                 | Ada | money
Which shoe size should I order?                    | Ada | shoes
When did I move in here?                           | Ben | ben_home
What is my profession?                             | Ben | ben_job
Which town am I from?                              | Ben | ben_origin
Can Ben eat prawns?                                | Ada | ben_allergy
Which milk should I buy for Ben?                   | Ada | ben_milk
When was I born?                                   | Ben | ben_birthday
What is my cat's name?                             | Ben | ben_cat ben_food
What do I feed Pixel?                              | Ben | ben_food
Does Ben have a brother?                           | Ada | ben_brother
Who is my girlfriend?                              | Ben | ben_partner ben_wedding
When is Ben's wedding?                             | Ada | ben_wedding
Which musical instrument is Ben practising?        | Ada | ben_guitar
What football team am I a fan of?                  | Ben | ben_club
Which race am I preparing for?                     | Ben | ben_run
Which leg did I injure?                            | Ben | ben_knee
Do I smoke?                                        | Ben | ben_smoke
Should we offer Ben a beer?                        | Ada | ben_alcohol
What happened to my phone?                         | Ben | ben_phone
How does Ben get to work?                          | Ada | ben_bike
What is my dream for the future?                   | Ben | ben_quit
What is Ben's favourite movie?                     | Ada | ben_film
What kind of books does Ben read?                  | Ada | ben_books
When was I born?                                   | Ada | birthday
""")
)

LATER = tuple(
    Asked(text, speaker, frozenset(keys.split()))
    for text, speaker, keys in _table("""
Which part of town is my flat in?                  | Ada | home
Remind me what my research is about.               | Ada | job
I'm getting antibiotics, anything I should tell them? | Ada | allergy
May I have the cake with nuts in it?               | Ada | nuts
Would a steak be all right for me?                 | Ada | vegetarian
Where does my sister work?                         | Ada | sister
What breed is Biscuit?                             | Ada | dog
Do I put sugar in my espresso?                     | Ada | coffee
Which band could you play to cheer me up?          | Ada | band
Who should fix our shelves?                        | Ada | husband
How long will I be in Iceland?                     | Ada | trip
Why don't I use the elevator?                      | Ada | fear
How many years have I been making music?           | Ada | cello
What is the password-protected network we use?     | Ben | wifi
Who do we pay rent to?                             | Ada | landlord rent
What size are my feet?                             | Ada | shoes
Can I drink a latte?                               | Ben | ben_milk
Where is my brother these days?                    | Ben | ben_brother
What shifts do I work?                             | Ben | ben_job
Am I Welsh?                                        | Ben | ben_origin
Is Ben single?                                     | Ada | ben_partner ben_wedding
Why am I limping?                                  | Ben | ben_knee
What would Ben like for his birthday, a thriller or a manga? | Ada | ben_books
What colour is my bicycle?                         | Ben | ben_bike
""")
)
"""Written when the constants had been chosen, and harder: some need a conclusion. They cost the table of related words
a few additions."""

LAST = tuple(
    Asked(text, speaker, frozenset(keys.split()))
    for text, speaker, keys in _table("""
What's my address, roughly?                        | Ada | home
What field am I a scientist in?                    | Ada | job
What's the name of the professor I work under?     | Ada | boss
Are there drugs I can't have?                      | Ada | allergy
What month is my birthday in?                      | Ada | birthday
How old is my mother?                              | Ada | mother
Which animals are in our household?                | Ada | dog
Should I bring Ada a green tea?                    | Ben | tea
What should I put on the stereo for Ada?           | Ben | band
When do I go to the pool?                          | Ada | swim
Do I have a licence for a motorbike?               | Ada | licence
What foreign languages do I know?                  | Ada | language learning
When am I flying to Iceland?                       | Ada | trip
On which day is my dental check-up?                | Ada | dentist
Where did Marco and I get married?                 | Ada | married
Who is the owner of our apartment?                 | Ben | landlord
Where is the spare key hidden?                     | Ben | spare
Which mechanic do I trust with the Renault?        | Ada | car_service
What does Ben do at night?                         | Ada | ben_job
Is there any seafood Ben must avoid?               | Ada | ben_allergy
What animal is Pixel?                              | Ben | ben_cat ben_food
When am I getting married?                         | Ben | ben_wedding
What instrument am I learning?                     | Ben | ben_guitar
How long ago did I quit smoking?                   | Ben | ben_smoke
""")
)
"""Written last; nothing was changed for them."""

UNRELATED = (
    "What is the capital of Australia?",
    "How do I sort a list in Python?",
    "Tell me a joke.",
    "What is seventeen times twenty-three?",
    "Turn the volume down, please.",
    "How far away is the moon?",
    "Who won the world cup in 1998?",
    "Can you hear me?",
    "What is photosynthesis?",
    "Set a timer for ten minutes.",
    "Who wrote the Odyssey?",
    "What will the weather be tomorrow?",
    "Explain how a jet engine works.",
    "Repeat your last sentence more slowly.",
    "What does entropy mean?",
    "How many planets are there?",
    "Why is the sky blue?",
    "Stop.",
    "What time is it in Tokyo?",
    "How does a bill become law?",
    "Count from one to twenty.",
    "What is the boiling point of lead?",
    "Spell the word rhythm.",
    "Thank you, that was all.",
)
"""What has nothing to do with anybody's life."""

NEVER_TOLD = (
    "What is my blood group?",
    "Which bank am I with?",
    "What is my passport number?",
    "How tall am I?",
    "Who did I vote for?",
    "Do I believe in God?",
    "What was my grade in physics?",
    "How much do I weigh?",
    "What is my email address?",
    "Where did I park?",
    "What is my star sign's lucky number?",
    "Who is my insurance company?",
)
"""The harder kind: about the speaker, but nobody ever said it."""
