//! SQL that depends on how many sites someone works for: the one part of a statement that varies.

use access::Scope;
use journal::Value;

/// `IN ($2, $3)` for the sites of a scope, and the values to bind, starting at parameter `first`.
pub(crate) fn sites(scope: &Scope, first: usize) -> (String, Vec<Value>) {
    let marks: Vec<String> = (first..first + scope.sites().len()).map(|at| format!("${at}")).collect();
    let values = scope.sites().iter().map(|site| Value::from(site.as_str())).collect();
    (format!("IN ({})", marks.join(", ")), values)
}
