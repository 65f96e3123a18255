//! The cheapest way in which one sum can deviate, asked again and again of the same table.
//!
//! Every sum of groups and every group is a variable that deviates from the truth; an open sum that deviates costs its price,
//! up or down. The groups and sums that hang on the others are written as combinations of them: the tableau of the simplex
//! method, at the truth, where nothing deviates. From there one variable is pushed as far as asked, in the order in which the others give way
//! most cheaply: the dual simplex method with one changing bound and costs that bend at nothing (Maros, Computational Techniques of the
//! Simplex Method, 2003, on the dual algorithm). A program from the start needs a hundred steps to bring the sums together; from here a push takes a few,
//! and hiding a sum changes one line. What comes out is only believed after adding up: see [`super::suppress`].

/// Less than this is rounding.
const ROUNDING: f64 = 1e-9;

/// What a variable may do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// A group: as far down as its size, up without end.
    Group {
        /// Its size.
        size: f64,
    },
    /// A sum that is known: not at all.
    Firm,
    /// A sum that is shown, but could be hidden at a price for each unit that it deviates.
    Priced {
        /// The price.
        cost: f64,
        /// As far down as its value.
        value: f64,
    },
    /// A sum that is hidden: wherever its groups go.
    Free,
}

/// Where a variable that is priced stands: its cost has three stretches, below nothing, nothing itself and above.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stretch {
    Below,
    Nothing,
    Above,
}

/// Where a variable is written.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Row(usize),
    Column(usize),
    /// Nowhere: it cannot move, or does not matter in a push.
    Out,
}

/// What a push came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pushed {
    /// As far as asked: how much every group deviates.
    Reached(Vec<f64>),
    /// It cannot.
    Stuck,
    /// Too many steps: ask another solver.
    Lost,
}

/// The variables that hang on others (rows), as combinations of those (columns).
#[derive(Debug, Clone)]
pub(super) struct Tableau {
    /// First the groups, then the sums.
    kinds: Vec<Kind>,
    groups: usize,
    entries: Vec<f64>,
    rows: Vec<usize>,
    columns: Vec<usize>,
    places: Vec<Place>,
}

impl Tableau {
    /// From the sizes of the groups and the sums with what each may do. The sums must name groups that are there.
    pub(super) fn new<'a>(truth: &[f64], sums: impl IntoIterator<Item = (&'a [usize], Kind)>) -> Self {
        let groups = truth.len();
        let mut kinds: Vec<Kind> = truth.iter().map(|&size| Kind::Group { size }).collect();
        let mut entries = Vec::new();
        for (sum, kind) in sums {
            kinds.push(kind);
            let from = entries.len();
            entries.resize(from + groups, 0.0);
            for &group in sum {
                entries[from + group] += 1.0;
            }
        }
        let rows: Vec<usize> = (groups..kinds.len()).collect();
        let places = (0..groups).map(Place::Column).chain((0..rows.len()).map(Place::Row)).collect();
        let mut tableau = Self { kinds, groups, entries, rows, columns: (0..groups).collect(), places };
        tableau.settle();
        tableau
    }

    /// The variable of a sum.
    pub(super) fn sum(&self, number: usize) -> usize {
        self.groups + number
    }

    /// The groups hang on the sums, those that are dearest to hide first.
    fn settle(&mut self) {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by(|a, b| self.firmness(self.rows[*b]).total_cmp(&self.firmness(self.rows[*a])));
        for row in order {
            let group = |column: &usize| self.columns[*column] < self.groups;
            if let Some(column) = (0..self.columns.len()).filter(group).find(|column| self.entry(row, *column) != 0.0) {
                self.pivot(row, column);
            }
        }
    }

    /// How little a variable wants to deviate.
    fn firmness(&self, variable: usize) -> f64 {
        match self.kinds[variable] {
            Kind::Firm => f64::INFINITY,
            Kind::Priced { cost, .. } => cost,
            Kind::Free => 0.0,
            Kind::Group { .. } => -1.0,
        }
    }

    /// From now on a variable may do something else.
    pub(super) fn set(&mut self, variable: usize, kind: Kind) {
        self.kinds[variable] = kind;
        // a free one is written as what hangs on others, a known one as what others hang on: then a push need not do it
        match (kind, self.places[variable]) {
            (Kind::Free, Place::Column(column)) => {
                let shown = (0..self.rows.len()).filter(|row| self.entry(*row, column).abs() > ROUNDING);
                let shown = shown.filter(|row| self.firmness(self.rows[*row]) > 0.0);
                let firmest =
                    |a: &usize, b: &usize| self.firmness(self.rows[*a]).total_cmp(&self.firmness(self.rows[*b]));
                if let Some(row) = shown.max_by(firmest) {
                    self.pivot(row, column);
                }
            }
            (Kind::Firm | Kind::Priced { .. }, Place::Row(row)) => {
                let free = |column: &usize| self.kinds[self.columns[*column]] == Kind::Free;
                let mut free = (0..self.columns.len()).filter(free);
                if let Some(column) = free.find(|column| self.entry(row, *column).abs() > ROUNDING) {
                    self.pivot(row, column);
                }
            }
            _ => {}
        }
    }

    /// What a variable may do.
    pub(super) fn kind(&self, variable: usize) -> Kind {
        self.kinds[variable]
    }

    fn entry(&self, row: usize, column: usize) -> f64 {
        self.entries[row * self.columns.len() + column]
    }

    /// The variable of a row and that of a column change places.
    fn pivot(&mut self, row: usize, column: usize) {
        let width = self.columns.len();
        let pivot = self.entry(row, column);
        let mut line: Vec<(usize, f64)> = Vec::new();
        for (at, entry) in self.entries[row * width..(row + 1) * width].iter_mut().enumerate() {
            *entry = if at == column { 1.0 / pivot } else { -*entry / pivot };
            if *entry != 0.0 {
                line.push((at, *entry));
            }
        }
        for other in (0..self.rows.len()).filter(|other| *other != row) {
            let entries = &mut self.entries[other * width..(other + 1) * width];
            let times = std::mem::take(&mut entries[column]);
            if times == 0.0 {
                continue;
            }
            for &(at, by) in &line {
                let entry = &mut entries[at];
                *entry += times * by;
                if entry.abs() < ROUNDING {
                    *entry = 0.0;
                }
            }
        }
        std::mem::swap(&mut self.rows[row], &mut self.columns[column]);
        self.places[self.rows[row]] = Place::Row(row);
        self.places[self.columns[column]] = Place::Column(column);
    }

    /// Pushes a variable so far from the truth, as cheaply as can be.
    pub(super) fn push(&self, variable: usize, far: f64) -> Pushed {
        match self.kinds[variable] {
            Kind::Firm => return Pushed::Stuck,
            Kind::Group { size } if far < -size - ROUNDING => return Pushed::Stuck,
            _ => {}
        }
        Push::of(self.without_free(variable), variable, far).run()
    }

    /// What is known now stays known: those columns never move, and are left out.
    pub(super) fn narrow(&mut self) {
        let moving = |column: &usize| self.kinds[self.columns[*column]] != Kind::Firm;
        let columns: Vec<usize> = (0..self.columns.len()).filter(moving).collect();
        if columns.len() == self.columns.len() {
            return;
        }
        let column_of = |column: &usize| self.columns[*column];
        let entries = |row: usize| -> Vec<f64> { columns.iter().map(|column| self.entry(row, *column)).collect() };
        let lines: Vec<(usize, Vec<f64>)> = (0..self.rows.len()).map(|row| (self.rows[row], entries(row))).collect();
        self.columns = columns.iter().map(column_of).collect();
        self.fill(lines.iter().map(|(of, line)| (*of, &line[..])));
    }

    /// Only what stands in the way when a variable is pushed: sums that are hidden follow.
    fn without_free(&self, variable: usize) -> Self {
        let width = self.columns.len();
        let lines = self.rows.iter().enumerate().map(|(row, of)| (*of, &self.entries[row * width..(row + 1) * width]));
        let mut tableau = Self {
            kinds: self.kinds.clone(),
            groups: self.groups,
            entries: Vec::with_capacity(self.entries.len()),
            rows: Vec::with_capacity(self.rows.len()),
            columns: self.columns.clone(),
            places: Vec::new(),
        };
        tableau.fill(lines.filter(|(of, _)| *of == variable || self.kinds[*of] != Kind::Free));
        tableau
    }

    /// Takes over rows, those that cannot move left out.
    fn fill<'a>(&mut self, lines: impl Iterator<Item = (usize, &'a [f64])>) {
        self.entries.clear();
        self.rows.clear();
        self.places.clear();
        self.places.resize(self.kinds.len(), Place::Out);
        for (of, line) in lines.filter(|(_, line)| line.iter().any(|entry| *entry != 0.0)) {
            self.places[of] = Place::Row(self.rows.len());
            self.rows.push(of);
            self.entries.extend_from_slice(line);
        }
        for (column, &of) in self.columns.iter().enumerate() {
            self.places[of] = Place::Column(column);
        }
    }
}

/// A push under way.
struct Push {
    tableau: Tableau,
    variable: usize,
    far: f64,
    /// How much each variable deviates.
    at: Vec<f64>,
    /// For each variable on which stretch of its cost it is.
    stretch: Vec<Stretch>,
    /// For each column what the rows would cost more when it went up by one.
    marginal: Vec<f64>,
}

impl Push {
    fn of(tableau: Tableau, variable: usize, far: f64) -> Self {
        let variables = tableau.kinds.len();
        let marginal = vec![0.0; tableau.columns.len()];
        let (at, stretch) = (vec![0.0; variables], vec![Stretch::Nothing; variables]);
        Self { tableau, variable, far, at, stretch, marginal }
    }

    fn run(mut self) -> Pushed {
        let up = self.far.signum();
        match self.tableau.places[self.variable] {
            Place::Row(row) => {
                let Some((column, price)) = self.gives_way(row, -up) else { return Pushed::Stuck };
                self.change(row, column, -up * price, 0.0);
            }
            Place::Column(_) => {}
            Place::Out => return Pushed::Stuck,
        }
        for _ in 0..100 + 4 * self.tableau.kinds.len() {
            let Place::Column(column) = self.tableau.places[self.variable] else { return Pushed::Lost };
            let most = (self.far - self.at[self.variable]).abs();
            let blocked = self.blocks(column, up, most);
            let step = blocked.map_or(most, |(_, step)| step);
            self.go(column, up * step);
            let Some((row, _)) = blocked else {
                self.at.truncate(self.tableau.groups);
                return Pushed::Reached(self.at);
            };
            let rising = (self.tableau.entry(row, column) * up).signum();
            let (slope, next) = self.beyond(row, rising);
            let room = next.map_or(f64::INFINITY, |(beyond, _)| (beyond - slope).abs());
            match self.gives_way(row, rising) {
                Some((column, price)) if price < room => self.change(row, column, rising * price, slope),
                _ => match next {
                    // it is cheaper to let it pass the bend
                    Some((_, stretch)) => {
                        self.dearer(row, rising * room);
                        self.stretch[self.tableau.rows[row]] = stretch;
                    }
                    None => return Pushed::Stuck,
                },
            }
        }
        Pushed::Lost
    }

    /// The first row that stands in the way when a column goes up or down, and how far that is; none within so far.
    fn blocks(&self, column: usize, up: f64, most: f64) -> Option<(usize, f64)> {
        let mut first: Option<(usize, f64, f64)> = None;
        for (row, &variable) in self.tableau.rows.iter().enumerate() {
            let speed = self.tableau.entry(row, column) * up;
            if speed.abs() < ROUNDING {
                continue;
            }
            let (lower, upper) = self.bounds(variable);
            let room = if speed > 0.0 { upper - self.at[variable] } else { self.at[variable] - lower };
            let step = room.max(0.0) / speed.abs();
            let nearer = |(_, least, fastest): (usize, f64, f64)| {
                step < least - ROUNDING || (step < least + ROUNDING && speed.abs() > fastest)
            };
            if step < most - ROUNDING && first.is_none_or(nearer) {
                first = Some((row, step, speed.abs()));
            }
        }
        first.map(|(row, step, _)| (row, step))
    }

    /// Between which values a variable keeps its cost for each unit.
    fn bounds(&self, variable: usize) -> (f64, f64) {
        match (self.tableau.kinds[variable], self.stretch[variable]) {
            (Kind::Group { size }, _) => (-size, f64::INFINITY),
            (Kind::Free, _) => (f64::NEG_INFINITY, f64::INFINITY),
            (Kind::Firm, _) | (Kind::Priced { .. }, Stretch::Nothing) => (0.0, 0.0),
            (Kind::Priced { .. }, Stretch::Above) => (0.0, f64::INFINITY),
            (Kind::Priced { value, .. }, Stretch::Below) => (-value, 0.0),
        }
    }

    fn go(&mut self, column: usize, by: f64) {
        if by == 0.0 {
            return;
        }
        self.at[self.variable] += by;
        for (row, &variable) in self.tableau.rows.iter().enumerate() {
            self.at[variable] += by * self.tableau.entry(row, column);
        }
    }

    /// What one more unit of a row costs, and, when it may go on in the direction in which it is stopped, what it costs there.
    fn beyond(&self, row: usize, rising: f64) -> (f64, Option<(f64, Stretch)>) {
        let variable = self.tableau.rows[row];
        let Kind::Priced { cost, value } = self.tableau.kinds[variable] else { return (0.0, None) };
        let below = (value > ROUNDING).then_some((-cost, Stretch::Below));
        match (self.stretch[variable], rising > 0.0) {
            (Stretch::Below, true) => (-cost, Some((cost, Stretch::Above))),
            (Stretch::Below, false) => (-cost, None),
            (Stretch::Nothing, true) => (0.0, Some((cost, Stretch::Above))),
            (Stretch::Nothing, false) => (0.0, below),
            (Stretch::Above, true) => (cost, None),
            (Stretch::Above, false) => (cost, below),
        }
    }

    /// The column that gives way first when a row becomes dearer, and at what price; none when none does.
    fn gives_way(&self, row: usize, rising: f64) -> Option<(usize, f64)> {
        let mut first: Option<(usize, f64, f64)> = None;
        for (column, &variable) in self.tableau.columns.iter().enumerate() {
            let by = self.tableau.entry(row, column) * rising;
            if by.abs() < ROUNDING || variable == self.variable {
                continue;
            }
            let (least, most) = self.rests(variable);
            let room = if by > 0.0 { most - self.marginal[column] } else { self.marginal[column] - least };
            let price = room.max(0.0) / by.abs();
            let sooner = |(_, cheapest, largest): (usize, f64, f64)| {
                price < cheapest - ROUNDING || (price < cheapest + ROUNDING && by.abs() > largest)
            };
            if price.is_finite() && first.is_none_or(sooner) {
                first = Some((column, price, by.abs()));
            }
        }
        first.map(|(column, price, _)| (column, price))
    }

    /// Between which marginal costs a column stays where it is.
    fn rests(&self, variable: usize) -> (f64, f64) {
        let at = self.at[variable];
        match self.tableau.kinds[variable] {
            Kind::Firm => (f64::NEG_INFINITY, f64::INFINITY),
            Kind::Group { size } if at <= -size + ROUNDING => (0.0, f64::INFINITY),
            Kind::Group { .. } | Kind::Free => (0.0, 0.0),
            Kind::Priced { cost, value } if value <= ROUNDING => (-cost, f64::INFINITY),
            Kind::Priced { cost, .. } if at.abs() <= ROUNDING => (-cost, cost),
            Kind::Priced { cost, .. } => (cost, f64::INFINITY),
        }
    }

    /// A row becomes dearer by so much.
    fn dearer(&mut self, row: usize, by: f64) {
        for column in 0..self.marginal.len() {
            self.marginal[column] += by * self.tableau.entry(row, column);
        }
    }

    /// A column gives way to a row that becomes dearer by so much than its slope.
    fn change(&mut self, row: usize, column: usize, dearer: f64, slope: f64) {
        let (leaves, enters) = (self.tableau.rows[row], self.tableau.columns[column]);
        self.dearer(row, dearer);
        if let Kind::Priced { .. } = self.tableau.kinds[enters] {
            let emptied = self.at[enters] < -ROUNDING;
            self.stretch[enters] = if emptied || self.marginal[column] > 0.0 { Stretch::Below } else { Stretch::Above };
        }
        self.marginal[column] = -(slope + dearer);
        // it rests where it was stopped, exactly
        if leaves != self.variable {
            let (lower, upper) = self.bounds(leaves);
            self.at[leaves] =
                if (self.at[leaves] - lower).abs() < (self.at[leaves] - upper).abs() { lower } else { upper };
        }
        self.tableau.pivot(row, column);
    }
}
