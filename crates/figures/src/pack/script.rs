//! R scripts that compute the results of a pack from its rows: `survival` and `cmprsk`.

use std::collections::BTreeSet;

use super::{
    Person,
    released::{Table, Tables},
    results::{CLASSES, Figure, MOMENTS, at_sites, design},
};

/// The scripts by name, for the folder `r`: one for each analysis and for each released table.
pub(crate) fn scripts(people: &[Person], tables: &Tables) -> Vec<(String, String)> {
    let mut out = vec![
        ("r/read.R".to_owned(), READ.to_owned()),
        ("r/incidence.R".to_owned(), incidence(people)),
        ("r/gray.R".to_owned(), gray(people)),
        ("r/models.R".to_owned(), models(people)),
    ];
    for table in tables.all.iter().filter(|table| table.again == "yes") {
        out.push((format!("r/table-{}.R", table.id), of_table(table, &tables.results)));
    }
    let sourced: Vec<String> = out.iter().map(|(name, _)| format!("source(\"{name}\")\n")).collect();
    out.push(("r/all.R".to_owned(), format!("{ALL}{}", sourced.concat())));
    out
}

const ALL: &str = r#"# Computes every result of the pack again: Rscript r/all.R, in the folder of the pack. Prints lines as in results.csv.
cat("analysis,term,quantity,value\n")
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

# The spells behind the released tables, and which of them a table counts.
seen <- read.csv("seen.csv", colClasses = c("character", "integer", "integer", rep("character", 9), "integer"), na.strings = "")
for (column in names(seen)[4:12]) seen[[column]][is.na(seen[[column]])] <- ""
counted <- function(id, of, base, codes, without) {
  rows <- seen[seen$table == id, ]
  if (length(codes) > 0) rows <- rows[rows$code %in% codes, ]
  first <- function(rows, ...) rows[!duplicated(rows[, c(...), drop = FALSE]), ]
  last <- function(rows) rows[!duplicated(rows$person, fromLast = TRUE), ]
  if (of == "re-entry") {
    rows <- first(rows, "person", "trajectory")
    rows <- first(rows[rows$begins == "in" & rows$returned == "yes", ], "person")
  } else if (base == "stock") {
    rows <- rows[rows$begins == "before" & rows$ends == "after", ]
    if (of == "participation") rows <- last(rows)
  } else if (base == "inflow") {
    # who began before the period is not new in it
    if (of == "participation") rows <- first(rows, "person")
    rows <- rows[rows$begins == "in", ]
  } else {
    # who came back after leaving has not left
    if (of == "participation") rows <- last(rows)
    rows <- rows[rows$ends == "in", ]
  }
  if ("returned" %in% without) rows <- rows[rows$returned != "yes", ]
  if ("cut-short" %in% without) rows <- rows[rows$cut != "yes", ]
  rows[rows$only != "no", ]
}
# One number of a table: how many, and where it is asked the quartiles of their days (type 7) or the share of a part.
number <- function(analysis, term, rows, measure) {
  tell(analysis, term, "count", nrow(rows))
  if (measure == "days" && any(!is.na(rows$days))) {
    tell(analysis, term, c("q1", "median", "q3"), quantile(rows$days, c(0.25, 0.5, 0.75), na.rm = TRUE, type = 7))
  }
  if (measure == "share" && all(rows$part != "")) {
    tell(analysis, term, "part", sum(rows$part == "yes"))
    if (nrow(rows) > 0) tell(analysis, term, "share", mean(rows$part == "yes"))
  }
}
"#;

/// The script of a released table.
fn of_table(table: &Table, results: &[Figure]) -> String {
    let analysis = format!("table-{}", table.id);
    let told: BTreeSet<&str> = results
        .iter()
        .filter(|figure| figure.analysis == analysis && figure.value.is_some())
        .map(|figure| figure.term.as_str())
        .collect();
    let prefix = table.term("");
    let cells = told.iter().filter_map(|term| term.strip_prefix(&prefix));
    let arguments = format!(
        "\"{}\", \"{}\", {}, {}",
        table.of,
        table.base,
        vector(table.codes.iter().map(String::as_str)),
        vector(table.without.iter().map(String::as_str))
    );
    let mut out = format!(
        "# The released table {} of figure {} (version {}): {}. What it counts is in tables.csv.\n",
        table.id, table.figure, table.version, table.base
    );
    if told.contains("total") {
        out.push_str(&format!(
            "number(\"{analysis}\", \"total\", counted(\"{}\", {arguments}), \"{}\")\n",
            table.id, table.measure
        ));
    }
    out.push_str(&format!(
        r#"rows <- counted("{id}-by", {arguments})
for (cell in {cells}) {{
  number("{analysis}", paste0("{prefix}", cell), rows[rows$cell == cell, ], "{measure}")
}}
"#,
        id = table.id,
        cells = vector(cells),
        measure = table.measure
    ));
    out
}

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
        let found: BTreeSet<&str> = rows.iter().map(|row| of(&people[*row])).collect();
        vector(found)
    };
    format!(
        "own$site %in% {} & own$age %in% {} & own$sex %in% {}",
        levels(|p| &p.site),
        levels(|p| &p.age),
        levels(|p| &p.sex)
    )
}
