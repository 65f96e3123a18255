//! R scripts that compute the results of a pack from its rows: `survival` and `cmprsk`.

use super::{
    Person,
    results::{CLASSES, MOMENTS, at_sites, design},
};

/// The scripts by name, for the folder `r`.
pub(crate) fn scripts(people: &[Person]) -> Vec<(&'static str, String)> {
    vec![
        ("r/read.R", READ.to_owned()),
        ("r/incidence.R", incidence(people)),
        ("r/gray.R", gray(people)),
        ("r/models.R", models(people)),
        ("r/all.R", ALL.to_owned()),
    ]
}

const ALL: &str = r#"# Computes every result of the pack again: Rscript r/all.R, in the folder of the pack. Prints lines as in results.csv.
cat("analysis,term,quantity,value\n")
source("r/read.R")
source("r/incidence.R")
source("r/gray.R")
source("r/models.R")
"#;

const READ: &str = r#"# The people of the pack, and how a result is printed: with all digits.
suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
})
people <- read.csv("people.csv", colClasses = c("character", "character", "character", "character", "integer", "integer"))
tell <- function(analysis, term, quantity, value) {
  cat(sprintf("%s,%s,%s,%.17g\n", analysis, term, quantity, as.numeric(value)), sep = "")
}
"#;

/// A vector of texts in R; codes hold letters, digits and hyphens only.
fn vector<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = texts.into_iter().map(|text| format!("\"{text}\"")).collect();
    format!("c({})", quoted.join(", "))
}

fn incidence(people: &[Person]) -> String {
    let (_, sites) = at_sites(people);
    let moments: Vec<String> = MOMENTS.iter().map(u32::to_string).collect();
    format!(
        r#"# Cumulative incidence of each class by site, with the standard error of survfit (infinitesimal jackknife).
sites <- {}
classes <- {}
moments <- c({})
for (place in sites) {{
  own <- people[people$site == place, ]
  if (all(own$event == 0)) next
  own$class <- factor(own$event, 0:3, c("followed", classes))
  curve <- summary(survfit(Surv(time, class) ~ 1, data = own), times = moments, extend = TRUE)
  for (class in classes) {{
    column <- match(class, curve$states)
    if (is.na(column)) next
    for (moment in seq_along(moments)) {{
      term <- paste(place, class, moments[moment], sep = "/")
      tell("incidence", term, "estimate", curve$pstate[moment, column])
      tell("incidence", term, "se", curve$std.err[moment, column])
    }}
  }}
}}
"#,
        vector(sites),
        vector(CLASSES),
        moments.join(", ")
    )
}

fn gray(people: &[Person]) -> String {
    let (_, sites) = at_sites(people);
    if sites.len() < 2 {
        return "# One site: there is nothing to compare.\n".to_owned();
    }
    format!(
        r#"# Gray's test between sites, for each class.
named <- people[people$site %in% {}, ]
tests <- cuminc(named$time, named$event, named$site, cencode = 0)$Tests
for (class in rownames(tests)) {{
  term <- {}[as.integer(class)]
  tell("gray", term, "statistic", tests[class, "stat"])
  tell("gray", term, "p", tests[class, "pv"])
}}
"#,
        vector(sites),
        vector(CLASSES)
    )
}

fn models(people: &[Person]) -> String {
    let mut out = "# Hazard (Cox) and incidence (Fine-Gray) of a class by site, age and sex; the first level is the one that others are\n\
                   # held against. Levels with fewer than ten people or ten events are left out.\n\
                   exact <- coxph.control(eps = 1e-12, toler.chol = 1e-14, iter.max = 50)\n"
        .to_owned();
    for (class, name) in (1_u8..).zip(CLASSES) {
        let Some(design) = design(people, class) else {
            out.push_str(&format!("\n# {name}: too few events for a model\n"));
            continue;
        };
        out.push_str("\nown <- people\n");
        for (column, levels) in &design.levels {
            out.push_str(&format!(
                "own$f_{column} <- factor(own${column}, levels = {})\n",
                vector(levels.iter().map(String::as_str))
            ));
        }
        // a column with one level is not in the model, but bounds who is
        out.push_str(&format!("own <- own[{}, ]\n", bounds(people, &design.rows)));
        let factors: Vec<String> = design.levels.iter().map(|(column, _)| format!("f_{column}")).collect();
        let terms: Vec<String> = design
            .levels
            .iter()
            .flat_map(|(column, levels)| levels[1..].iter().map(move |level| format!("{column}={level}")))
            .collect();
        out.push_str(&format!(
            r#"terms <- {}
design <- model.matrix(~ {}, own)[, -1, drop = FALSE]
fit <- coxph(Surv(own$time, own$event == {class}) ~ design, control = exact)
tell("cox-{name}", terms, "estimate", coef(fit))
tell("cox-{name}", terms, "se", sqrt(diag(vcov(fit))))
fit <- crr(own$time, own$event, design, failcode = {class}, cencode = 0, gtol = 1e-12, maxiter = 100)
tell("finegray-{name}", terms, "estimate", fit$coef)
tell("finegray-{name}", terms, "se", sqrt(diag(fit$var)))
"#,
            vector(terms.iter().map(String::as_str)),
            factors.join(" + ")
        ));
    }
    out
}

/// Who is in a model, as a condition on the columns.
fn bounds(people: &[Person], rows: &[usize]) -> String {
    let levels = |of: fn(&Person) -> &str| {
        let found: std::collections::BTreeSet<&str> = rows.iter().map(|row| of(&people[*row])).collect();
        vector(found)
    };
    format!(
        "own$site %in% {} & own$age %in% {} & own$sex %in% {}",
        levels(|p| &p.site),
        levels(|p| &p.age),
        levels(|p| &p.sex)
    )
}
