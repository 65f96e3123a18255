//! `evaluate gray`

use anyhow::{Result, bail};
use clap::Args;
use evaluation::{gray, gray_pairs};
use serde_json::{Value, json};

use super::{
    answer::Answer,
    survival::{Columns, Rows},
};

#[derive(Args)]
#[command(
    after_long_help = "A test for each cause that occurs. With --pairs also every two groups on one cause, with p-values adjusted\n\
    by Holm and by Benjamini and Hochberg. No delayed entry and no weights: the test has no form for them.\n\
    \n\
    Examples:\n\
    \x20 bestendig evaluate gray people.csv --time days --event outcome --group site\n\
    \x20 bestendig evaluate gray people.csv --time days --event outcome --group site --strata sex --pairs departure"
)]
pub(crate) struct Gray {
    #[command(flatten)]
    columns: Columns,
    /// Column with the strata within which groups are compared
    #[arg(long, value_name = "COL")]
    strata: Option<String>,
    /// Weight of each time: (1 − F)^rho, F the pooled incidence before it
    #[arg(long, value_name = "R", default_value_t = 0.0, allow_negative_numbers = true)]
    rho: f64,
    /// Compare every two groups on this cause
    #[arg(long, value_name = "CAUSE")]
    pairs: Option<String>,
}

impl Gray {
    pub(super) fn answer(&self) -> Result<Answer> {
        let rows = self.columns.read(None, &[("strata", self.strata.as_ref())])?;
        if rows.groups.names() == ["all"] {
            bail!("a comparison needs groups: name their column with --group");
        }
        let strata = self.strata.as_ref().map(|heading| rows.table.groups(heading)).transpose()?;
        let sample = rows.sample()?;
        let tests = gray(&sample, &rows.groups, strata.as_ref(), self.rho).map_err(|problem| rows.refused(&problem))?;
        let method = "Gray (1988), tied events drawn without replacement (as in R's cmprsk)";
        let mut answer = Answer::new("gray", method, rows.time.len());
        answer.put("rho", self.rho);
        answer.put("groups", rows.groups.names().to_vec());
        let told = |test: &evaluation::gray::Gray| {
            json!({ "cause": rows.causes[usize::from(test.cause) - 1], "statistic": test.statistic, "df": test.df,
                "p": test.p })
        };
        answer.put("tests", tests.iter().map(told).collect::<Vec<_>>());
        if let Some(cause) = &self.pairs {
            let code = rows.cause(cause)?;
            let pairs = gray_pairs(&sample, &rows.groups, strata.as_ref(), code, self.rho);
            let pairs = pairs.map_err(|problem| rows.refused(&problem))?;
            answer.put("pairs", pairs.iter().map(|pair| of_pair(pair, &rows)).collect::<Vec<_>>());
        }
        Ok(answer)
    }
}

fn of_pair(pair: &evaluation::gray::Pair, rows: &Rows) -> Value {
    let names = rows.groups.names();
    json!({ "one": names[pair.one], "other": names[pair.other], "statistic": pair.test.statistic, "p": pair.test.p,
        "p_holm": pair.p_holm, "p_bh": pair.p_bh })
}
