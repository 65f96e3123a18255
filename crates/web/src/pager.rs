//! Pages of a long list: the first, the last, and those around the one that is shown.

/// Where to go from a page of a list.
pub(crate) struct Pages {
    /// Numbers, each with its address; none for the page that is shown.
    pub(crate) all: Vec<(u32, Option<String>)>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
}

impl Pages {
    /// Of a page (from 1) of so many.
    pub(crate) fn new((page, pages): (u32, u32), address: impl Fn(u32) -> String) -> Self {
        let link = |number: u32| (number, (number != page).then(|| address(number)));
        Self {
            all: around(page, pages).into_iter().map(link).collect(),
            previous: (page > 1).then(|| address(page - 1)),
            next: (page < pages).then(|| address(page + 1)),
        }
    }
}

/// The first, the last, and those around the current page.
fn around(page: u32, pages: u32) -> Vec<u32> {
    let mut shown: Vec<u32> = [1, page.saturating_sub(1), page, page + 1, pages].into_iter().collect();
    shown.retain(|number| (1..=pages).contains(number));
    shown.sort_unstable();
    shown.dedup();
    if shown.len() < 2 { vec![] } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_around_the_current_one() {
        assert_eq!(around(1, 1), Vec::<u32>::new());
        assert_eq!(around(5, 9), vec![1, 4, 5, 6, 9]);
    }
}
