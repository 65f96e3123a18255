//! Short invented texts, in Dutch, as workers would write them. Lists of lists make one sentence of each list.

pub(crate) const CIRCUMSTANCES: &[&[&str]] = &[
    &[
        "Kwam zelf naar het spreekuur.",
        "Verwezen door een noodopvang in de regio.",
        "Doorgestuurd door de wijkagent.",
        "Stond op de lijst van de oude bed-bad-broodopvang.",
        "Aangemeld door een kerk.",
        "Verwezen door de straatdokter.",
        "Meegebracht door een vrijwilliger.",
    ],
    &[
        "Sliep bij kennissen.",
        "Sliep de laatste nachten buiten.",
        "Had tot vorige week een kamer.",
        "Verbleef in een leegstaand pand.",
        "Kan nergens meer terecht.",
        "Woonde in bij een landgenoot.",
        "Had tijdelijk onderdak, dat stopt.",
    ],
];
pub(crate) const ADMIT: &[&str] = &[
    "Voldoet aan de voorwaarden; geen ander recht op opvang gevonden.",
    "Procedure is afgerond, geen opvang van het Rijk, regiobinding is aannemelijk.",
    "Documenten ingezien, voldoet aan de toelatingsgrond.",
];
pub(crate) const ALLOWANCE: &[&str] =
    &["Geen bed vrij; leefgeld tot er plaats is.", "Verblijft voorlopig bij familie, krijgt leefgeld."];
pub(crate) const EXCEPTION: &[&str] = &[
    "Voldoet niet aan alle voorwaarden; toegelaten bij uitzondering.",
    "Bijzonder geval: partners vinden opvang hier nodig.",
];
pub(crate) const WAIT: &[&str] = &["Voldoet, maar er is nu geen plaats.", "Komt op de wachtlijst; opvang zit vol."];
pub(crate) const REFUSE: &[&str] = &[
    "Heeft recht op opvang van het Rijk; verwezen.",
    "Valt onder een weigeringsgrond, zie het besluit.",
    "Komt uit een veilig land en heeft geen lopende procedure.",
];
pub(crate) const OUTSIDE: &[&str] =
    &["Blijft in de eigen gemeentelijke opvang.", "Kwetsbaar; geplaatst in opvang buiten de LVV."];
pub(crate) const BED: &[&str] = &["Er is een bed vrijgekomen.", "Verhuist van leefgeld naar een kamer."];
pub(crate) const INTAKE: &[&[&str]] = &[
    &[
        "Rustig gesprek.",
        "Lang gesprek, met een pauze.",
        "Vertelt weinig; vertrouwen moet groeien.",
        "Spreekt vlot en wil vooruit.",
        "Kwam met een vriend, die buiten wachtte.",
        "Gesprek in twee delen gehouden.",
        "Was moe van de reis.",
    ],
    &[
        "Wil weten welke mogelijkheden er nog zijn.",
        "Slaapt slecht en maakt zich zorgen.",
        "Heeft papieren bij zich, die zijn gekopieerd.",
        "Weet goed hoe de procedures zijn gelopen.",
        "Heeft een advocaat, maar lang niet gesproken.",
        "Mist de familie en belt elke week.",
        "Wil graag iets om handen hebben.",
        "Heeft jaren bij kennissen geslapen.",
    ],
    &[
        "Afgesproken om stap voor stap te kijken.",
        "Tweede gesprek gepland.",
        "Huisarts wordt geregeld.",
        "Uitgelegd wie wat mag zien.",
        "Krijgt een map voor de papieren.",
        "Denkt na over wat het doel moet zijn.",
        "Begeleider belt over een paar dagen.",
    ],
];
pub(crate) const OBSTACLE: &[&[&str]] = &[
    &[
        "Dit houdt de volgende stap tegen.",
        "Speelt al langer.",
        "Kwam bij de intake naar voren.",
        "Genoemd door de advocaat.",
        "Deelnemer begon er zelf over.",
    ],
    &[
        "Eerst oplossen, dan verder.",
        "Hulp is gevraagd.",
        "Besproken met de partners.",
        "Wordt elke maand bekeken.",
        "Nog niet duidelijk wie dit oppakt.",
    ],
];
pub(crate) const RESOLVED: &[&str] = &["Is opgelost.", "Speelt niet meer.", "Met hulp van een partner geregeld."];
pub(crate) const ASK: &[&str] =
    &["Graag binnen de afgesproken termijn.", "Zie ook de eerdere procedure.", "Spoed is niet nodig."];
pub(crate) const DELIVER: &[&str] = &["Alles wat er is, is bijgevoegd.", "Geleverd.", "Eén onderdeel volgt later."];
pub(crate) const COMPLETE: &[&str] =
    &["Compleet.", "Nagekeken en compleet.", "Compleet; kopie voor de deelnemer gemaakt."];
pub(crate) const LACKING: &[&str] = &["Hier ontbreekt nog een stuk.", "De laatste beslissing zit er niet bij."];
pub(crate) const DECIDE: &[&[&str]] = &[
    &[
        "Alle partners zien dit als de meest haalbare weg.",
        "Besproken aan de hand van het dossier.",
        "Deelnemer heeft hier zelf om gevraagd.",
        "Past bij wat bij de intake is verteld.",
        "De andere wegen zijn nagegaan en vallen af.",
    ],
    &[
        "Partners zijn het eens.",
        "Er is één voorbehoud, dat staat in de afspraken.",
        "Over drie maanden kijken of het klopt.",
        "Deelnemer krijgt uitleg in de eigen taal.",
        "Niemand zag een beter alternatief.",
    ],
];
pub(crate) const INVESTIGATE: &[&str] =
    &["Nog niet genoeg bekend om te kiezen.", "Eerst uitzoeken of de medische situatie iets verandert."];
pub(crate) const COMMIT: &[&str] = &[
    "Zoekt uit wat er nodig is en koppelt terug.",
    "Plant een gesprek met de deelnemer.",
    "Levert de ontbrekende stukken na.",
];
pub(crate) const GOAL: &[&str] = &[
    "Identiteit aangetoond met documenten",
    "Reisdocument aangevraagd",
    "Nieuwe aanvraag goed voorbereid",
    "Gezondheid stabiel genoeg om te kiezen",
    "Weer zicht op een eigen toekomst",
    "Contact met familie hersteld",
];
pub(crate) const ACTION: &[&str] = &[
    "Afspraak met de ambassade maken",
    "Geboorteakte opvragen",
    "Gesprek met de advocaat plannen",
    "Aanmelden bij de huisarts",
    "Kopie van het besluit opvragen",
    "Gesprek met de terugkeerorganisatie plannen",
    "Cursus Engels of vakcursus zoeken",
    "Brief van de arts opvragen",
    "Familie bellen over papieren",
    "Vragen over de schuld uitzoeken",
];
pub(crate) const DONE: &[&str] = &["Gedaan.", "Is geregeld.", "Afspraak is geweest.", "Deels gelukt, vervolg gepland."];
pub(crate) const NOT_DONE: &[&str] = &["Niet gelukt, deelnemer kwam niet.", "Geen antwoord gekregen."];
pub(crate) const CONTACT: &[&[&str]] = &[
    &[
        "Kort gesprek op kantoor.",
        "Gesproken aan de keukentafel van de locatie.",
        "Gebeld tijdens de lunch.",
        "Samen thee gedronken in de gang.",
        "Wandeling om het blok gemaakt.",
        "Deelnemer liep zelf binnen.",
        "Afspraak was verzet, nu toch gelukt.",
        "Gesprek met hulp van een telefonische tolk.",
        "Even bijgepraat bij de voordeur.",
        "Een uur uitgetrokken, dat was nodig.",
        "Niet verschenen; later die dag gebeld.",
        "Rustig gesprek, deelnemer had zich voorbereid.",
    ],
    &[
        "Het ging over de brief van vorige week.",
        "Besproken wat de volgende stap is.",
        "Vragen over de wachttijd; uitgelegd hoe het loopt.",
        "Wil nadenken over terugkeer, nog geen besluit.",
        "Heeft slecht nieuws van thuis gekregen.",
        "Slaapt slecht en piekert veel.",
        "Vertelde over de lessen, daar gaat het goed.",
        "Twijfelt over het plan van de partners.",
        "Zoekt nog naar papieren bij familie.",
        "Het gaat redelijk, geen nieuwe zorgen.",
        "Was boos over een misverstand, dat is uitgepraat.",
        "Wil weten wat er met de gegevens gebeurt.",
        "Had een kaart van de oude buurman bij zich.",
    ],
    &[
        "Volgende week verder.",
        "Afgesproken om het op te schrijven.",
        "Deelnemer belt zelf de advocaat.",
        "Komt terug als er antwoord is.",
        "Geen actie nodig.",
        "Ik zoek het na en bel terug.",
        "Nieuwe afspraak staat in de agenda.",
        "Neemt de volgende keer de map mee.",
        "Daarna samen de route naar de huisarts bekeken.",
        "Wil er eerst een nacht over slapen.",
    ],
];
pub(crate) const COOPERATES: &[&[&str]] = &[
    &["Komt afspraken na.", "Werkt mee, al gaat het langzaam.", "Doet wat is afgesproken.", "Neemt zelf initiatief."],
    &[
        "Alle gesprekken zijn gehouden.",
        "Eén afspraak gemist, met bericht.",
        "Papieren zijn op tijd ingeleverd.",
        "Partners herkennen dit.",
    ],
];
pub(crate) const COOPERATES_NOT: &[&[&str]] = &[
    &[
        "Meermalen niet verschenen zonder bericht.",
        "Wil niet werken aan een van de afgesproken wegen.",
        "Heeft de aanvraag niet ondertekend.",
    ],
    &[
        "Hierover is gesproken.",
        "Gevraagd waarom; antwoord volgt.",
        "De gevolgen zijn uitgelegd.",
        "Volgende toets over drie maanden.",
    ],
];
pub(crate) const PAUSE: &[&str] =
    &["In overleg met de deelnemer.", "Gemeld door de partner.", "Verwachting: enkele weken."];
pub(crate) const RESUME: &[&str] = &["Gaat weer verder.", "Terug, gesprek gehad over de volgende stap."];
pub(crate) const LEAVE: &[&str] =
    &["Afgesloten en nagekeken.", "Laatste gesprek is gehouden.", "Partners zijn op de hoogte."];
pub(crate) const VANISHED: &[&str] =
    &["Niet meer gezien sinds enkele dagen, telefoon staat uit.", "Heeft niet gezegd waarheen."];
pub(crate) const AFTERCARE: &[&str] =
    &["Nabellen hoe het gaat", "Post doorsturen naar het nieuwe adres", "Controleren of de bevestiging binnen is"];
pub(crate) const WRONG_PLACE: &[&str] = &["Verkeerde locatie gekozen bij het invoeren."];
pub(crate) const MOVED: &[&str] =
    &["Verhuist naar een andere locatie.", "Eigen kamer vrijgekomen op een andere locatie."];
pub(crate) const DROPPED: &[&str] = &["Vervalt, deelnemer is vertrokken.", "Niet meer nodig."];
pub(crate) const WRONG_TEXT: &[&str] =
    &["Typefout in de tekst.", "Hoorde bij een ander gesprek, nu juist.", "Was onvolledig."];
pub(crate) const WITHDRAWN: &[&str] = &["Bij de verkeerde persoon genoteerd.", "Dubbel ingevoerd."];
pub(crate) const NAME_WRONG: &[&str] =
    &["Schrijfwijze volgens het document.", "Naam verkeerd verstaan bij de aanmelding."];

pub(crate) const SETTLED: &[&str] = &[
    "Samen bekeken: de gemiste afspraak viel in een week met ziekte.",
    "Na overleg telt wat in het plan staat, niet wat daarbuiten gebeurde.",
];
pub(crate) const SAID: &[&str] = &[
    "Zegt dat de brief niet is begrepen en wil een nieuwe afspraak.",
    "Is het er niet mee eens: de papieren waren al gestuurd.",
    "Wil verder met het plan, maar vraagt meer tijd.",
];
pub(crate) const MEASURE: &[&str] =
    &["Besproken wat is afgesproken en wat er nu wordt verwacht.", "Uitgelegd wat er gebeurt als dit zo blijft."];
pub(crate) const RULING: &[&str] =
    &["Verzonnen uitspraak, zaaknummer TEST 22/1.", "Verzonnen uitspraak, zaaknummer TEST 21/7."];
pub(crate) const DEPARTURE: &[&str] = &[
    "Gesprek gehouden; deelnemer denkt na.",
    "Stukken opgevraagd.",
    "Uitgelegd welke hulp er is.",
    "Afspraak voor een volgende stap gemaakt.",
];
