//! How long the kernels take (`bench/statistics`): 1,000,000 subjects, 3 causes, 5 sites, whole days; one thread.
//!
//!     timing [FILE.csv | N]
//!
//! With a file (columns `time`, `event`, `site`, and `x1` … `x6` for the regressions) the estimates can be compared with those of another program on the same file;
//! without, the rows are made here by the same recipe.
#![allow(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "measuring"
)]

#[path = "../tests/it/random.rs"]
mod random;

use std::{hint::black_box, time::Instant};

use evaluation::{
    Confidence, Event, Groups, Sample, Variance, aalen_johansen, cox::Cox, fine_gray::FineGray, gray, kaplan_meier,
    log_rank, regression::Covariates, resampled_incidence, restricted_means,
};
use random::Random;

impl Random {
    fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (2.0 * std::f64::consts::PI * self.unit()).cos()
    }
}

#[derive(Default)]
struct Rows {
    time: Vec<f64>,
    event: Vec<Event>,
    site: Vec<u32>,
    /// Six covariates; none when the file has no columns for them
    x: [Vec<f64>; 6],
}

/// Exponential cause-specific hazards that depend on six covariates and on the site, censoring spread evenly over 30 to 1,500 days.
fn made(n: usize) -> Rows {
    let effects =
        [[0.3, -0.2, 0.0, 0.5, -0.4, 0.1], [-0.1, 0.25, 0.15, -0.3, 0.2, 0.0], [0.0, 0.1, -0.3, 0.2, 0.1, 0.4]];
    let (base, of_site) = ([0.0006_f64, 0.0012, 0.0004], [0.1, -0.05, 0.0]);
    let (mut random, mut rows) = (Random(12_345), Rows::default());
    for _ in 0..n {
        let mut x = [random.normal(), random.normal(), random.normal(), 0.0, 0.0, 0.0];
        for (place, share) in [(3, 0.3), (4, 0.5), (5, 0.15)] {
            x[place] = f64::from(u8::from(random.unit() < share));
        }
        let site = (random.next() % 5) as u32;
        let hazard = |k: usize| {
            let sum: f64 = effects[k].iter().zip(x).map(|(effect, x)| effect * x).sum();
            base[k] * (sum + of_site[k] * f64::from(site)).exp()
        };
        let hazards = [hazard(0), hazard(1), hazard(2)];
        let total: f64 = hazards.iter().sum();
        let (end, censored) = (-random.unit().ln() / total, 30.0 + 1470.0 * random.unit());
        let mut draw = random.unit() * total;
        let cause = hazards.iter().position(|hazard| {
            draw -= hazard;
            draw <= 0.0
        });
        rows.time.push(end.min(censored).ceil());
        rows.event.push(if end <= censored { cause.map_or(3, |cause| cause as Event + 1) } else { 0 });
        rows.site.push(site);
        rows.x.iter_mut().zip(x).for_each(|(column, value)| column.push(value));
    }
    rows
}

fn read(path: &str) -> Rows {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut lines = text.lines();
    let headings: Vec<&str> = lines.next().unwrap().split(',').collect();
    let place =
        |name: &str| headings.iter().position(|heading| *heading == name).unwrap_or_else(|| panic!("no {name}"));
    let (time, event, site) = (place("time"), place("event"), place("site"));
    let x: Vec<Option<usize>> =
        (1..=6).map(|j| headings.iter().position(|heading| *heading == format!("x{j}"))).collect();
    let mut rows = Rows::default();
    for line in lines {
        let (mut t, mut e, mut s) = ("", "", "");
        for (index, cell) in line.split(',').enumerate() {
            if let Some(j) = x.iter().position(|place| *place == Some(index)) {
                rows.x[j].push(cell.parse().unwrap());
            }
            if index == time {
                t = cell;
            } else if index == event {
                e = cell;
            } else if index == site {
                s = cell;
            }
        }
        rows.time.push(t.parse().unwrap());
        rows.event.push(e.parse().unwrap());
        rows.site.push(s.parse().unwrap());
    }
    rows
}

/// CPU seconds of this thread so far; none where the system does not tell.
fn cpu() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split(' ').next()?.parse::<f64>().ok()? * 1e-9)
}

/// Runs a kernel some times; prints the mean CPU seconds, and wall seconds of the quickest run.
fn row<T>(name: &str, goal: &str, times: u32, mut kernel: impl FnMut() -> T) -> T {
    let mut result = kernel();
    let (begun, mut quickest) = (cpu(), f64::INFINITY);
    for _ in 0..times {
        let start = Instant::now();
        result = black_box(kernel());
        quickest = quickest.min(start.elapsed().as_secs_f64());
    }
    let mean = begun.zip(cpu()).map(|(begun, now)| (now - begun) / f64::from(times));
    let mean = mean.map_or_else(|| "not told".to_owned(), |mean| format!("{mean:.4}"));
    println!("| {name} | {goal} | {mean} | {quickest:.4} |");
    result
}

fn main() {
    let argument = std::env::args().nth(1);
    let n = argument.as_ref().map_or(Some(1_000_000), |argument| argument.parse().ok());
    println!("| kernel | goal, CPU s | CPU s | quickest, wall s |\n|---|---|---|---|");
    let rows = match (n, &argument) {
        (Some(n), _) => made(n),
        (None, Some(path)) => row("reading the CSV file", "", 1, || read(path)),
        (None, None) => return,
    };
    let names = (0..5).map(|site| site.to_string()).collect();
    let site = Groups::from_codes(rows.site, names).unwrap();
    let sample = Sample::new(&rows.time, &rows.event).unwrap();
    let confidence = Confidence::default();
    row("checking the rows", "", 10, || Sample::new(&rows.time, &rows.event).unwrap());
    row("Kaplan-Meier by site", "0.10", 10, || kaplan_meier(&sample, &site, &confidence, Variance::Greenwood).unwrap());
    let curves = row("Aalen-Johansen by site, with variance", "0.12", 10, || {
        aalen_johansen(&sample, &site, &confidence, Variance::Greenwood).unwrap()
    });
    row("the same, robust variance", "", 3, || aalen_johansen(&sample, &site, &confidence, Variance::Robust).unwrap());
    row("mean time lost to 365 days by site", "", 10, || {
        restricted_means(&sample, &site, 365.0, Variance::Greenwood).unwrap()
    });
    row("log-rank by site", "", 10, || log_rank(&sample, &site, None, 0.0).unwrap());
    let tests = row("Gray by site, three causes", "0.25", 10, || gray(&sample, &site, None, 0.0).unwrap());
    let half: Vec<f64> =
        rows.time.iter().zip(&rows.event).map(|(time, event)| time - 0.3 / f64::from(event + 1)).collect();
    let halves = Sample::new(&half, &rows.event).unwrap();
    row("Aalen-Johansen by site, times not whole", "", 3, || {
        aalen_johansen(&halves, &site, &confidence, Variance::Greenwood).unwrap()
    });
    let few = Sample::new(&rows.time[..2_000], &rows.event[..2_000]).unwrap();
    let mut random = Random(1);
    let draws = row("1,000 samples drawn from 2,000, Aalen-Johansen", "0.5", 3, || {
        resampled_incidence(&few, &[365.0], 1_000, &mut || random.next()).unwrap()
    });
    let names = (1..).map(|j| format!("x{j}"));
    let all = rows.x.iter().zip(names).fold(Covariates::new(), |all, (column, name)| all.with(name, column));
    let first: Vec<bool> = rows.event.iter().map(|event| *event == 1).collect();
    let mut coefficients = Vec::new();
    if rows.x.iter().all(|column| column.len() == rows.time.len()) {
        let cox = row("Cox by Efron, six covariates", "1.2", 3, || Cox::new(&rows.time, &first, &all).fit().unwrap());
        row("the same, robust variance", "", 3, || Cox::new(&rows.time, &first, &all).robust().fit().unwrap());
        let gray = row("Fine-Gray with variance, six covariates", "2.5", 3, || {
            FineGray::new(&rows.time, &rows.event, 1, &all).fit().unwrap()
        });
        coefficients.extend([("Cox", cox.coefficients[0]), ("Fine-Gray", gray.coefficients[0])]);
    }
    println!();
    for (model, coefficient) in coefficients {
        println!("{model}, cause 1, coefficient of x1: {coefficient:.11}");
    }
    let point = curves[0].at(1, 365.0);
    println!("cause 1, site 0, day 365: {:.12} (standard error {:.3e})", point.value, point.se);
    for test in &tests {
        println!("Gray, cause {}: {:.8}", test.cause, test.statistic);
    }
    let of_first: Vec<f64> = draws.iter().map(|draw| draw[0][0]).collect();
    let (low, high) = evaluation::bootstrap::percentiles(&of_first, 0.95);
    println!("cause 1 of the first 2,000 at day 365, by drawing: {low:.4} to {high:.4}");
}
