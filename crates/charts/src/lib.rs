//! Accessible SVG from numbers: titles and descriptions written from the data, direct labels, dash patterns, no colour alone.
//!
//! Knows nothing of the LVV: words come from the caller.
