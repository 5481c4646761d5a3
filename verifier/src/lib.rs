//! Is it so: bytes, documents, policy and time in; a report out.
