//! The protocol of a pack: the trial that the comparison of sites stands in for (Hernán and Robins 2016, *Am. J. Epidemiol.*
//! 183:758), part by part, in Dutch and English.

use domain::programme::Classification;

/// Parts that a protocol has.
pub(crate) const PARTS: &[&str] = &[
    "question",
    "eligibility",
    "strategies",
    "assignment",
    "time_zero",
    "follow_up",
    "outcome",
    "contrast",
    "analysis",
    "assumptions",
    "limits",
];

const WORDS: &[(&str, &str)] = &[
    (
        "Verschilt per LVV hoe vaak en hoe snel mensen met een bestendige oplossing vertrekken?",
        "Does it differ between sites how often and how soon people leave with a durable solution?",
    ),
    (
        "Iedereen die minstens één dag was toegelaten, opvang had zonder LVV-status of alleen leefgeld kreeg. Wie alleen was aangemeld of niet werd toegelaten, zit er niet in.",
        "Everyone who for at least one day was admitted, sheltered without LVV status or on living allowance only. Those only registered, or not admitted, are left out.",
    ),
    (
        "Meedoen bij de ene LVV of bij een andere, met de werkwijze die daar toen gold.",
        "Taking part at one site or at another, with the way of working that held there at the time.",
    ),
    (
        "Niet door loting: waar iemand zich aanmeldde. De LVV van de eerste dag telt, ook na een verhuizing.",
        "Not by lot: where someone registered. The site of the first day counts, also after a move.",
    ),
    (
        "De eerste dag van meedoen. Niets wat later is gemeten, wordt gebruikt om groepen te maken.",
        "The first day of taking part. Nothing measured later is used to make groups.",
    ),
    (
        "Tot het laatste traject eindigt met vertrek, of tot het einde van de waarneming. Een onderbreking tussen twee trajecten telt mee.",
        "Until the latest trajectory ends by leaving, or until the end of observation. A gap between two trajectories counts.",
    ),
    (
        "De klasse van de uitstroomreden, volgens de indeling hieronder. De klassen concurreren: wie met de ene vertrekt, kan niet meer met de andere vertrekken.",
        "The class of the reason for leaving, by the classification below. The classes compete: who leaves with one cannot leave with another.",
    ),
    (
        "Het verschil in cumulatieve incidentie na 365 en 730 dagen, en de verhouding van hazards tussen LVV's bij gelijke leeftijd en gelijk geslacht.",
        "The difference in cumulative incidence at 365 and 730 days, and the ratio of hazards between sites at equal age and sex.",
    ),
    (
        "Aalen-Johansen per LVV; toets van Gray; Cox (Efron) per klasse; Fine-Gray per klasse. Niveaus met minder dan tien mensen of tien gebeurtenissen blijven buiten de modellen.",
        "Aalen-Johansen by site; Gray's test; Cox (Efron) for each class; Fine-Gray for each class. Levels with fewer than ten people or ten events stay out of the models.",
    ),
    (
        "Geen ongemeten verschil tussen LVV's dat ook de uitkomst bepaalt; wie nog wordt gevolgd, lijkt op wie even lang meedeed en niet meer wordt gevolgd.",
        "No unmeasured difference between sites that also decides the outcome; those still followed resemble those who took part as long and are followed no more.",
    ),
    (
        "De eerste aanname is niet te toetsen en zeker niet vanzelfsprekend: LVV's verschillen in wie zich aanmeldt. Nationaliteit, gezondheid en de jaren sinds de afwijzing zitten niet in het pakket. Een verschil is daarom nog geen gevolg van de werkwijze. De dag waarop de waarneming eindigt staat er niet in: met die dag is van wie nog wordt gevolgd de eerste dag terug te rekenen.",
        "The first assumption cannot be tested and is by no means plain: sites differ in who registers. Nationality, health and the years since refusal are not in the pack. A difference is therefore not yet an effect of the way of working. The day on which observation ends is not told: with it the first day of those still followed could be counted back.",
    ),
];

/// The protocol as TOML.
pub(crate) fn protocol(project: &str, classification: &Classification) -> String {
    let mut out = String::from("# Protocol of the pack: the trial that the comparison stands in for.\n\n");
    let text = |value: &str| toml_text(value);
    out.push_str(&format!("project = {}\n", text(project)));
    for (part, (nl, en)) in PARTS.iter().zip(WORDS) {
        out.push_str(&format!("\n[{part}]\nnl = {}\nen = {}\n", text(nl), text(en)));
    }
    out.push_str(&format!(
        "\n[classification]\nid = {}\nnl = {}\nen = {}\nsource = {}\n\n[classification.map]\n",
        text(classification.id.as_str()),
        text(&classification.name.nl),
        text(&classification.name.en),
        text(&classification.source)
    ));
    for (reason, mapping) in &classification.map {
        let assumed = if mapping.assumption.is_some() { " # an assumption: the source does not say" } else { "" };
        out.push_str(&format!("{} = {}{assumed}\n", text(reason.as_str()), text(mapping.class.code())));
    }
    out
}

/// A basic string of TOML.
fn toml_text(value: &str) -> String {
    let mut out = String::from("\"");
    for letter in value.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            letter if letter.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_words() {
        assert_eq!(PARTS.len(), WORDS.len());
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(toml_text("a \"b\" \\ c\n"), "\"a \\\"b\\\" \\\\ c\\u000A\"");
    }
}
