//! What a drawing says, and that it is well formed.
