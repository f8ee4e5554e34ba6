//! What sign-parts promises.
