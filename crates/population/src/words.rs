//! Short invented texts, in Dutch, as workers would write them.

pub(crate) const CIRCUMSTANCES: &[&str] = &[
    "Kwam zelf naar het spreekuur, sliep bij kennissen.",
    "Verwezen door een noodopvang in de regio.",
    "Doorgestuurd door de wijkagent na een nacht op straat.",
    "Stond al op de lijst van de oude bed-bad-broodopvang.",
    "Aangemeld door een kerk die tijdelijk onderdak gaf.",
    "Verwezen door de straatdokter.",
];
pub(crate) const ADMIT: &[&str] = &[
    "Voldoet aan de voorwaarden; geen ander recht op opvang gevonden.",
    "Procedure is afgerond, geen opvang van het Rijk, regiobinding is aannemelijk.",
    "Documenten ingezien, voldoet aan de toelatingsgrond.",
];
pub(crate) const ALLOWANCE: &[&str] =
    &["Geen bed vrij; leefgeld tot er plaats is.", "Verblijft voorlopig bij familie, krijgt leefgeld."];
pub(crate) const WAIT: &[&str] = &["Voldoet, maar er is nu geen plaats.", "Komt op de wachtlijst; opvang zit vol."];
pub(crate) const REFUSE: &[&str] = &[
    "Heeft recht op opvang van het Rijk; verwezen.",
    "Valt onder een weigeringsgrond, zie het besluit.",
    "Komt uit een veilig land en heeft geen lopende procedure.",
];
pub(crate) const OUTSIDE: &[&str] =
    &["Blijft in de eigen gemeentelijke opvang.", "Kwetsbaar; geplaatst in opvang buiten de LVV."];
pub(crate) const BED: &[&str] = &["Er is een bed vrijgekomen.", "Verhuist van leefgeld naar een kamer."];
pub(crate) const INTAKE: &[&str] = &[
    "Rustig gesprek. Wil weten welke mogelijkheden er nog zijn.",
    "Slaapt slecht en maakt zich zorgen. Afgesproken om stap voor stap te kijken.",
    "Heeft papieren bij zich, die zijn gekopieerd. Wil graag iets om handen hebben.",
    "Vertelt weinig; vertrouwen moet groeien. Tweede gesprek gepland.",
    "Weet goed hoe de procedures zijn gelopen en heeft een advocaat.",
];
pub(crate) const OBSTACLE: &[&str] = &[
    "Dit houdt de volgende stap tegen.",
    "Eerst oplossen, dan verder met het plan.",
    "Besproken met deelnemer en partners.",
    "Speelt al langer, hulp is gevraagd.",
];
pub(crate) const RESOLVED: &[&str] = &["Is opgelost.", "Speelt niet meer.", "Met hulp van een partner geregeld."];
pub(crate) const ASK: &[&str] =
    &["Graag binnen de afgesproken termijn.", "Zie ook de eerdere procedure.", "Spoed is niet nodig."];
pub(crate) const DELIVER: &[&str] = &["Alles wat er is, is bijgevoegd.", "Geleverd.", "Eén onderdeel volgt later."];
pub(crate) const COMPLETE: &[&str] =
    &["Compleet.", "Nagekeken en compleet.", "Compleet; kopie voor de deelnemer gemaakt."];
pub(crate) const LACKING: &[&str] = &["Hier ontbreekt nog een stuk.", "De laatste beslissing zit er niet bij."];
pub(crate) const DECIDE: &[&str] = &[
    "Alle partners zien dit als de meest haalbare weg.",
    "Besproken aan de hand van het dossier; partners zijn het eens.",
    "Deelnemer heeft hier zelf om gevraagd en dit is haalbaar.",
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
pub(crate) const CONTACT: &[&str] = &[
    "Gesproken over de volgende stap. Deelnemer begrijpt het plan.",
    "Kort gesprek, het gaat redelijk.",
    "Gebeld; afspraak verzet naar volgende week.",
    "Deelnemer heeft slecht nieuws van thuis gekregen.",
    "Samen de brief doorgenomen.",
    "Wil nadenken over terugkeer, nog geen besluit.",
    "Heeft vragen over de wachttijd, uitgelegd hoe het loopt.",
    "Niet verschenen; later die dag nog gebeld.",
];
pub(crate) const COOPERATES: &[&str] =
    &["Komt afspraken na en werkt mee aan het plan.", "Werkt mee, al gaat het langzaam.", "Doet wat is afgesproken."];
pub(crate) const COOPERATES_NOT: &[&str] =
    &["Meermalen niet verschenen zonder bericht.", "Wil niet werken aan een van de afgesproken wegen."];
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
