//! `evaluate finegray`

use anyhow::Result;
use clap::Args;
use evaluation::fine_gray::FineGray;
use serde_json::{Value, json};

use super::{
    answer::Answer,
    cox::{matrix, not_negative},
    model::{Model, test},
    survival::times,
};

#[derive(Args)]
#[command(
    after_long_help = "Explains the cumulative incidence of one cause; every other event competes with it. No delayed entry, no changing\n\
    covariates and no weights: use `evaluate cox` for the hazard of a cause.\n\
    \n\
    Example:\n\
    \x20 bestendig evaluate finegray people.csv --time days --event outcome --cause departure --covariates age,sex,site --at 365,730"
)]
pub(crate) struct Finegray {
    #[command(flatten)]
    model: Model,
    /// Column with the time of the event or of censoring
    #[arg(long, value_name = "COL")]
    time: String,
    /// Column with groups that are censored in different ways
    #[arg(long, value_name = "COL")]
    censoring: Option<String>,
    /// Times at which to tell the cumulative incidence, for covariates that are all 0
    #[arg(long, value_name = "T,…", value_delimiter = ',')]
    at: Vec<f64>,
}

impl Finegray {
    pub(super) fn answer(&self) -> Result<Answer> {
        times(&self.at)?;
        let roles = [("time", Some(&self.time)), ("censoring groups", self.censoring.as_ref())];
        let read = self.model.read(&roles)?;
        let time = read.table.numbers(&self.time)?;
        not_negative(&read, &self.time, &time)?;
        let groups = self.censoring.as_ref().map(|heading| read.table.groups(heading)).transpose()?;
        let covariates = read.covariates();
        let mut kernel = FineGray::new(&time, &read.event, read.cause, &covariates);
        if let Some(groups) = &groups {
            kernel = kernel.censoring_groups(groups.of());
        }
        let fit = kernel.fit().map_err(|problem| read.refused(&problem))?;
        let method = "Fine and Gray (1999), in linear time (Kawaguchi and others 2021); weights just before the event and ties by \
                      Breslow, as in R's cmprsk; variance: their sandwich, with the part for the estimated censoring";
        let mut answer = Answer::new("finegray", method, fit.rows);
        read.tell(&mut answer, fit.events);
        let df = fit.coefficients.len();
        let model: Vec<f64> = (0..df).map(|j| fit.model_variance[(j, j)].sqrt()).collect();
        let lines =
            read.coefficients("subdistribution_hazard_ratio", &fit.coefficients, &fit.standard_errors(), &model);
        answer.put("coefficients", lines);
        answer.put("variance", matrix(&fit.variance));
        answer.put("loglik", fit.loglik.to_vec());
        answer.put("tests", json!({ "pseudo_likelihood_ratio": test(2.0 * (fit.loglik[1] - fit.loglik[0]), df) }));
        answer.put("steps", fit.steps);
        if read.others.is_empty() {
            answer.warn(
                "no-competing-event",
                "nothing competes with this event; a Cox model (`evaluate cox`) is the same",
            );
        }
        if !self.at.is_empty() {
            let incidence = fit.predict(&vec![0.0; df], &self.at).map_err(|problem| read.refused(&problem))?;
            let line = |(time, incidence): (&f64, f64)| json!({ "time": time, "incidence": incidence });
            answer.put("baseline", self.at.iter().zip(incidence).map(line).collect::<Vec<Value>>());
        }
        Ok(answer)
    }
}
