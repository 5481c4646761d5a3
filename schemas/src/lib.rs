//! What is a badge, and is this document well formed.
