//! `evaluate logrank`

use anyhow::{Result, bail};
use clap::Args;
use evaluation::log_rank;
use serde_json::json;

use super::{answer::Answer, survival::Columns};

#[derive(Args)]
#[command(
    after_long_help = "Any cause counts as the event, unless --cause names one; the others are then censored, and the test is about the\n\
    hazard of that cause, not its probability (for that: `gray`). --rho 1 is the test of Peto and Peto.\n\
    \n\
    Examples:\n\
    \x20 bestendig evaluate logrank lung.csv --time time --event status --group sex --strata ecog\n\
    \x20 bestendig evaluate logrank people.csv --time days --event outcome --cause departure --group site --rho 1"
)]
pub(crate) struct Logrank {
    #[command(flatten)]
    columns: Columns,
    /// Column with the strata within which groups are compared
    #[arg(long, value_name = "COL")]
    strata: Option<String>,
    /// Only this cause is the event
    #[arg(long, value_name = "NAME")]
    cause: Option<String>,
    /// Weight of each time: S^rho, S the pooled survival before it
    #[arg(long, value_name = "R", default_value_t = 0.0, allow_negative_numbers = true)]
    rho: f64,
}

impl Logrank {
    pub(super) fn answer(&self) -> Result<Answer> {
        let rows = self.columns.read(None, &[("strata", self.strata.as_ref())])?;
        if rows.groups.names() == ["all"] {
            bail!("a comparison needs groups: name their column with --group");
        }
        let strata = self.strata.as_ref().map(|heading| rows.table.groups(heading)).transpose()?;
        let event = match &self.cause {
            Some(cause) => rows.only(rows.cause(cause)?),
            None => rows.event.clone(),
        };
        let test = log_rank(&rows.sample_of(&event)?, &rows.groups, strata.as_ref(), self.rho);
        let test = test.map_err(|problem| rows.refused(&problem))?;
        let method = "Mantel (1966), Peto and Peto (1972), Harrington and Fleming (1982); hypergeometric variance";
        let mut answer = Answer::new("logrank", method, rows.time.len());
        answer.put("rho", self.rho);
        answer.put("event", self.cause.as_ref().map_or_else(|| rows.causes.clone(), |cause| vec![cause.clone()]));
        answer.put("test", json!({ "statistic": test.statistic, "df": test.df, "p": test.p }));
        let groups = rows.groups.names().iter().zip(test.observed.iter().zip(&test.expected));
        let told = groups
            .map(|(name, (observed, expected))| json!({ "group": name, "observed": observed, "expected": expected }));
        answer.put("groups", told.collect::<Vec<_>>());
        answer.put("variance", json!(test.variance));
        Ok(answer)
    }
}
