//! What the pages stand on: texts in every language, forms, protection.

mod forms;
mod protection;
mod texts;
