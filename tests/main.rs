//! Does it hold, seen from outside: every chapter of the test package in one binary.

mod support;

mod chapters {
    mod config;
    mod contexts;
    mod model;
    mod fetch;
    mod timestamp;
}
