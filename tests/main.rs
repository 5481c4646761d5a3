//! Does it hold, seen from outside: every chapter of the test package in one binary.

mod app;
mod forge;
mod mutation;
mod peer;
mod program;
mod rdf_oracle;
mod support;
mod web;

mod chapters {
    mod changes;
    mod config;
    mod contexts;
    mod controller;
    mod crash;
    mod did;
    mod did_key_oracle;
    mod documentation;
    mod earning;
    mod eddsa;
    mod eddsa_attacks;
    mod evidence;
    mod fetch;
    mod hygiene;
    mod issuing;
    mod json;
    mod json_corpus;
    mod jsonld;
    mod jsonld_mutations;
    mod jsonld_suite;
    mod jwt;
    mod jwt_claims;
    mod jwt_header;
    mod keyring;
    mod keys;
    mod lint;
    mod log;
    mod model;
    mod peers;
    mod png;
    mod rdfc;
    mod revoking;
    mod schema;
    mod signatures;
    mod signing;
    mod status_list;
    mod store;
    mod timestamp;
    mod verify;
    mod verify_attacks;
    mod verify_report;
}
