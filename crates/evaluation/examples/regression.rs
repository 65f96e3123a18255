//! CPU seconds of the regression kernels on arrays, one thread: `regression FILE.csv [REPEATS]`, with the columns `time`,
//! `event` (0 censored, 1, 2, …) and `x1` … `x6`. Prints one line for each kernel: the quickest run, and its first coefficient.

use std::error::Error;
use std::fs;

use evaluation::cox::{Cox, Ties};
use evaluation::fine_gray::FineGray;
use evaluation::regression::Covariates;

/// CPU time of this process, from the kernel's own count in nanoseconds.
fn cpu() -> Result<f64, Box<dyn Error>> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    Ok(text.split_whitespace().next().ok_or("an empty schedstat")?.parse::<f64>()? / 1e9)
}

fn measured(
    name: &str,
    repeats: usize,
    mut run: impl FnMut() -> Result<f64, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let (mut least, mut value) = (f64::INFINITY, 0.0);
    for _ in 0..repeats {
        let before = cpu()?;
        value = run()?;
        least = least.min(cpu()? - before);
    }
    println!("{name:<28} {least:>7.3} s   beta1 {value:.11}");
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("give a CSV with time, event and x1 … x6")?;
    let repeats = arguments.next().map_or(Ok(3), |text| text.parse::<usize>())?;

    let before = cpu()?;
    let text = fs::read_to_string(&path)?;
    let mut lines = text.lines();
    let heading: Vec<&str> = lines.next().ok_or("an empty file")?.split(',').collect();
    let place = |name: &str| heading.iter().position(|known| *known == name).ok_or_else(|| format!("no column {name}"));
    let (at_time, at_event) = (place("time")?, place("event")?);
    let at: Vec<usize> = (1..=6).map(|j| place(&format!("x{j}"))).collect::<Result<_, _>>()?;
    let (mut time, mut event, mut columns) = (Vec::new(), Vec::new(), vec![Vec::new(); at.len()]);
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        time.push(cells[at_time].parse::<f64>()?);
        event.push(cells[at_event].parse::<u8>()?);
        for (column, at) in columns.iter_mut().zip(&at) {
            column.push(cells[*at].parse::<f64>()?);
        }
    }
    println!("{} rows; reading them {:.3} s", time.len(), cpu()? - before);

    let names = (1..).map(|j| format!("x{j}"));
    let covariates = columns.iter().zip(names).fold(Covariates::new(), |all, (column, name)| all.with(name, column));
    let first: Vec<bool> = event.iter().map(|cause| *cause == 1).collect();
    for (name, ties) in [("Cox, Efron", Ties::Efron), ("Cox, Breslow", Ties::Breslow)] {
        measured(name, repeats, || Ok(Cox::new(&time, &first, &covariates).ties(ties).fit()?.coefficients[0]))?;
    }
    measured("Cox, Efron, robust", repeats, || {
        Ok(Cox::new(&time, &first, &covariates).robust().fit()?.coefficients[0])
    })?;
    measured("Fine-Gray with variance", repeats, || {
        Ok(FineGray::new(&time, &event, 1, &covariates).fit()?.coefficients[0])
    })
}
