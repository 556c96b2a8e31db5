//! From code to findings to a policy decision; pure, no I/O
