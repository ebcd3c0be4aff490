"""Everyday English words that are no orders: spelt as they are, they are no typo of a menu's word.

Words for food are left out: of "a bowl of rick" the menu's rice is the likelier.
"""

from collections.abc import Iterator
from typing import Final

_VOWELS: Final = frozenset("aeiou")


def _words(words: str) -> tuple[str, ...]:
    return tuple(words.split())


def _inflected(verb: str) -> Iterator[str]:
    """Yield *verb* and its regular forms, and some that no verb has: they are never met."""
    yield verb
    if verb.endswith("e"):
        yield from (f"{verb}d", f"{verb}s", f"{verb[:-1]}ing")
        return
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        yield from (f"{verb[:-1]}ied", f"{verb[:-1]}ies", f"{verb}ing")
        return
    doubled = verb + verb[-1]
    yield from (f"{verb}ed", f"{verb}s", f"{verb}es", f"{verb}ing", f"{doubled}ed", f"{doubled}ing")


_VERBS: Final = _words(
    """
ache act admit agree aim allow annoy answer appear argue arrange arrive ask attend bang bath bathe beat
become beep begin behave believe belong bend bet bleed bless block book borrow bother bounce break
breathe brush build bump burn buzz camp care carry catch celebrate charge chase chat cheat check cheer
clap clean clear click climb close collapse collect complain concentrate confirm connect cough count
cover cram crash crawl cry curl cycle dance dare decide decorate delay depend deserve die dig disappear
discover draw dress drive drop drown dry earn email end escape exercise exist expect explain explode
face fail faint fall feed feel fetch fight fill film finish fit fix float fly fold follow forgive frame
freeze frighten garden guess hammer hang happen head hear heat help hide hit hop hug hunt hurry hurt
iron jog join joke jump keep kick kill kiss kneel knit knock know land last laugh lay lean learn leave
lend lie lift listen live lock look lose manage march marry match matter measure meet mention mess
mind miss move mow nap notice nurse obey offend open organise organize owe own pack paint panic park
pay perform phone plan plant play point pop practise practice pray prefer prepare pretend prevent
promise pull pump punch push quit race rain reach read realise realize refuse rehearse relax relocate
remember remind renovate rent repair repeat reply rescue rest retire return revise ride ring rinse
run rush sail save say scare scream search see seem sell separate sew shake shine shiver shoot shop
shout show shower shut sign sing sit skate ski sleep slide slip smile smoke sneeze snore snow solve sort
sound speak spend spoil spring stand stare start stay stick stink stop study sweep swim
swing talk tap teach tear tell text throw tidy tie train travel trip trust turn type understand unlock
unpack upset use visit wait wake walk wander wash waste watch wear weigh whisper win wipe wonder work
worry write yell leak drip creak squeak flood
 putting doing going being seeing
"""
)
_PAST: Final = _words(
    """
ate beaten became begun began bit bitten blew blown broke broken built burnt caught cut did done
drawn drew dreamt driven drove dug eaten fell fallen fed felt flew flown fought found froze frozen gone
grew grown heard held hid hidden hung kept knew known laid lain leapt led left lent lit lost meant met
mown paid ran read ridden rode rang rung risen rose sang sat saw seen sewn shaken shone shot shown shut
slept slid sold sought spent spoke spoken spun sprung stood stole stolen struck stuck stung sung swam swept
swore swum taught tore torn threw thrown tied told understood went woke woken won wore worn wound wrote
written
"""
)
_PEOPLE: Final = _words(
    """
adult aunt auntie baby bloke bride brother builder buddy carer child choir class classmate cleaner
coach colleague couple cousin coworker crew crowd customer dad daddy daughter decorator doctor driver
electrician family father fella fiance flatmate folk friend gardener gaffer girl boy girlfriend
boyfriend grandad grandchild granddaughter grandma grandmother grandpa grandson granny groom guest guy
hubby husband kid lad lady landlord lass lodger lot man men mate missus mother mum mummy mom mommy
neighbor neighbour nephew nan niece nurse old parent partner patient people person pet plumber
postman pupil receptionist roommate sister son staff stranger student teacher team teenager tenant
toddler twin uncle visitor wife woman women youngster cat dog puppy rabbit hamster horse everyone nobody
anybody myself yourself himself herself ourselves themselves itself
"""
)
_PLACES: Final = _words(
    """
address airport alley apartment area attic avenue back backyard balcony bank barn basement bathroom bay beach
bed bedroom bell bench block boat bridge building bus cabin car carpark castle ceiling cellar church cinema city
clinic close club coach college corner corridor cottage counter country court crescent cupboard curb
dentist depot desk door doorbell doorstep doorway downstairs drawer drive driveway elevator entrance exit farm
fence ferry flat floor foyer fridge front garage garden gate grass ground gym hall hallway hatch
hedge hill home hospital hostel hotel house indoor indoors intercom island kerb kitchen lake landing lane
laundry lawn library lift lobby loft lounge mailbox mat moon museum nursery office outdoor outside
inside parking path patio pavement place platform playground plot pool porch porter post postbox
pub ramp reception restaurant river road roof room roundabout school sea seat shed shelf shelve shelves shop side sidewalk
sill sink site sky square stage stair stairs stairwell stable station step stop store street studio
surgery terrace theatre theater tent toilet town traffic train tree tunnel unit university upstairs
van village villa wall ward warehouse window woods workshop yard
"""
)
_TIMES: Final = _words(
    """
afternoon age birthday anniversary autumn beginning bedtime break century christmas date day daytime
easter evening exam fall game gig half halloween holiday hour interval journey lately lesson lifetime
lunchtime match meeting midday midnight minute moment month morning night noon party past picnic quick rehearsal
ride season second session shift show since spring stag summer teatime term time today tonight trip
tuesday wednesday thursday friday saturday sunday monday until wedding week weekend while winter year
yesterday january february april june july august september october november december
"""
)
_THINGS: Final = _words(
    """
account app arm army back bag ball band bath bike bill blood boss brain budget business camera
cash change chair cheque check code cold computer conversation cough cost crisis cup deadline deal
diet disaster door dream ear edge email energy essay eye face fact feeling film fire fit flu foot feet
fun fuss gas gift hair hand handout head headache health heart heating help hospital hurry idea injury
job joke key knee knife leak leg letter life light list luck machine manner mess message meter
mind mistake money mood mouth movie music name neck need news noise nose note notice number operation
opinion order page pain paper parcel parking payment phone photo picture plan plaster plate point
power present printer problem project promise queue question rain reason receipt record rehab
rent repair rest result review risk rota rule rubbish rush scooper screen shift shock shoe shoulder sign signal
size sleep smile snow song sound space speech sport stomach storm story stuff suit suitcase surprise
table taxi team teeth tooth telly thesis thing ticket tooth toy trouble tv vacation video view visit
voice wage wait wallet washing water weather wedding weight wheel wheelchair wind world wrist
"""
)
_OTHERS: Final = _words(
    """
able above absolutely across ahead alive alone allowed almost angry annoying anymore anything
anyway anywhere apparently asleep away awake awful bad bald bare because become behind below beneath
bloody blind bored boring brave broken busy careful clean clever clumsy cold comfortable completely
crazy cute dead deaf dear deep desperate different difficult dirty disabled dizzy dreadful drunk early
easily easy elderly else empty enough especially even eventually everything everywhere exactly excited
exciting exhausted expected extremely fab famous far fast few filthy fine fit forever forward full
funny furious gentle glad gone grateful grumpy guilty half handy happy hard hardly heavy hello here
honest honestly horrible huge ill important impossible indeed instead just keen kind lazy least
less likely literally little lonely long loud lovely lucky mad main many massive maybe mean messy
middle might most much naughty near nearby nearly necessary nervous never new nice noisy normal
nothing nowhere obvious obviously odd off often okay old only open opposite other own part past
perhaps pleasant pleased plenty poor possible possibly pregnant pretty probably properly proper proud
public quiet quite random ready real really recently rest rich rough round rude sad safe same scared
serious shy sick silly simple sleepy slow small smart sneaky so sober soon sorry special spare
still stiff strange stressed strong stuck stupid such suddenly sunny supposed sure terrible
themselves thick tidy tight tiny tired together total totally tough toward towards truly ugly
unfortunately unless unlucky until up upset urgent useful usual usually very warm weak weird
well wet where whether which while whole wild without wonderful worried worse wrong yet young
down away thats youd theyd hed shed itd itll youre youll hell whilst cause though although
amazing awesome fantastic brilliant superb beautiful gorgeous card leak drip creak broken
red black blue green white yellow gray purple silver gold turquoise

"""
)
COMMON: Final = frozenset(
    (
        *(form for verb in _VERBS for form in _inflected(verb)),
        *_PAST,
        *_PEOPLE,
        *_PLACES,
        *_TIMES,
        *_THINGS,
        *_OTHERS,
    )
)
"""Everyday words, inflected."""
