//! What a claim comes to, case by case.
