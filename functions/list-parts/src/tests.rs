//! What list-parts promises.
