//! We say so: earning, issuing, logging, publishing, and verifying for others.
