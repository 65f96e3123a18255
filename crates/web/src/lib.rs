//! Routes, forms and pages. This is the ground they stand on: texts, the frame, forms, error pages, protection.

pub mod form;
pub mod page;
pub mod problem_page;
pub mod security;
pub mod text;
pub mod throttle;
