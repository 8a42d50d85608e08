"""Words with which people ask for something that was told in other words.

Only what is common in talk about a life: home, work, family, health, food, dates, things. A group's words stand for
each other in a search; ``_`` joins the words of a phrase.
"""

from __future__ import annotations

from voice_tui.memory.words import stem, terms, words

GROUPS = """
home live house flat apartment address reside stay move town city village street
work job profession occupation career employer employed company office trade research project for_a_living
boss manager supervisor chief report
colleague coworker team workmate
sibling brother sister twin
mother mum mom mama parent
father dad papa parent
child son daughter kid boy girl baby
niece nephew uncle aunt cousin
grandmother grandma granny grandfather grandpa grandparent
spouse husband wife married marry wedding anniversary partner
girlfriend boyfriend partner single date dating engaged going_out go_out
friend mate buddy pal
pet dog cat puppy kitten animal
vet sick ill doctor
doctor gp physician surgeon clinic hospital
dentist tooth teeth
allergy allergic reaction react rash intolerant swell swollen
medicine medication drug pill penicillin antibiotic tablet prescription
hurt injured injury broke broken pain sore limp wound
leg knee foot ankle
smoke cigarette tobacco
alcohol beer wine drink whisky
food eat meal dish cook dinner lunch breakfast feed
vegetarian vegan meat fish
meat steak beef pork chicken ham sausage bacon
fish salmon tuna sardine cod trout
coffee espresso latte cappuccino
tea herbal
sugar sweet sweetener
shellfish prawn shrimp crab mussel lobster seafood
nut walnut peanut almond hazelnut
milk dairy lactose cheese
born birth birthday age old turned
favourite favorite prefer love enjoy nothing_beats
hate dislike stand detest
afraid fear scared panic phobia frightened
colour color
music band song singer listen album
instrument guitar piano cello violin drum flute play musician
hobby pastime spare_time free_time weekend
book novel read author comic
film movie cinema watch
sport exercise run swim cycle gym train
race marathon run
football soccer club team support fan
car vehicle drive auto garage
motorcycle motorbike scooter
bike bicycle cycle
repair fix mechanic garage break
furniture carpenter wood joiner
language speak learn study
school university college study degree graduate
childhood grew_up grow_up raised youth as_a_child
holiday vacation trip travel fly flight journey
deadline due submit hand
appointment meeting see
wifi wlan wireless network internet router
landlord landlady own owner
rent pay cost price month bill
money save saving budget
key lock locked
rubbish trash garbage bin waste
heating boiler radiator service maintenance
glasses spectacles lenses
lift elevator
phone mobile telephone cellphone
sleep bed wake get_up got_up
morning dawn early
night late evening shift
dream future hope wish someday one_day
origin originally native come_from grew_up
religion church faith
"""

RELATED: dict[str, frozenset[str]] = {}
"""Stem or phrase → stems and phrases that stand for the same thing."""

for _group in GROUPS.strip().splitlines():
    _members = frozenset(w.replace("_", " ") if "_" in w else stem(w) for w in _group.split())
    for _member in _members:
        RELATED[_member] = RELATED.get(_member, frozenset()) | _members - {_member}
PHRASES = tuple(member for member in RELATED if " " in member)


def search_terms(text: str) -> tuple[list[str], list[str]]:
    """What to look for: a text's own terms, and stems and phrases that stand for them.

    A phrase counts as one term: who asks "what do you do for a living" does not ask about living.
    """
    plain = f" {' '.join(words(text))} "
    phrases = [phrase for phrase in PHRASES if f" {phrase} " in plain]
    for phrase in phrases:
        plain = plain.replace(f" {phrase} ", " ")
    own = [*terms(plain), *phrases]
    related = dict.fromkeys(other for term in own for other in sorted(RELATED.get(term, ())))
    return own, [other for other in related if other not in own]
