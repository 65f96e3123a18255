//! The kernels against reference results, and against themselves.
