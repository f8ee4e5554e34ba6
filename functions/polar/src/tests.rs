//! What the API of Polar promises.
