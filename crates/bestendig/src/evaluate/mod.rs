//! Statistics on a file of the caller's own (docs/evaluate.md): a CSV file in, JSON out. No disclosure control; guards warn.
//!
//! A command is one file here: its options, and a function from those to a `Report`.

mod answer;
mod cox;
mod cuminc;
mod file;
mod finegray;
mod funnel;
mod gformula;
mod gray;
mod km;
mod logrank;
mod model;
mod rmtl;
mod states;
mod survival;

use anyhow::Result;
use clap::Subcommand;

#[derive(Subcommand)]
pub(crate) enum Evaluate {
    /// Cumulative incidence of each cause (Aalen-Johansen)
    Cuminc(cuminc::Cuminc),
    /// Survival without the event (Kaplan-Meier)
    Km(km::Km),
    /// Which sites lie further from all together than chance takes equal ones
    Funnel(funnel::Funnel),
    /// Risks of groups with the case mix taken into account (g-formula, inverse chances, or both)
    Gformula(gformula::Gformula),
    /// Whether groups differ in the cumulative incidence of a cause (Gray's test)
    Gray(gray::Gray),
    /// Whether groups differ in their hazard (log-rank test)
    Logrank(logrank::Logrank),
    /// Hazard explained by covariates (Cox)
    Cox(cox::Cox),
    /// Cumulative incidence of a cause explained by covariates (Fine-Gray)
    Finegray(finegray::Finegray),
    /// Transition matrices and occupancy of states, with returns
    States(states::States),
    /// Mean time without an event and lost to each cause, up to a horizon
    Rmtl(rmtl::Rmtl),
}

/// Prints the answer on stdout, warnings on stderr.
pub(crate) fn run(what: &Evaluate) -> Result<()> {
    let answer = match what {
        Evaluate::Cuminc(one) => one.answer(),
        Evaluate::Km(one) => one.answer(),
        Evaluate::Funnel(one) => one.answer(),
        Evaluate::Gformula(one) => one.answer(),
        Evaluate::Gray(one) => one.answer(),
        Evaluate::Logrank(one) => one.answer(),
        Evaluate::Cox(one) => one.answer(),
        Evaluate::Finegray(one) => one.answer(),
        Evaluate::States(one) => one.answer(),
        Evaluate::Rmtl(one) => one.answer(),
    }?;
    answer.print()
}
