//! How much a stranger may make the verifier do.

/// The bounds of one verification; an operator may lower them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a badge in JSON or JWT form. Badges in the field stay below 100 kB; the largest
    /// published example has 25 kB.
    pub text_bytes: usize,
    /// Bytes of a baked picture: room for what cameras and design programs produce.
    pub picture_bytes: usize,
    /// Bytes of a baked SVG: drawings with a photograph in them, which is rare in badges.
    pub svg_bytes: usize,
    /// Chunks of a PNG. Encoders that cut pixel data into pieces of 8 KiB need about 1 300 for
    /// the largest picture above.
    pub picture_chunks: usize,
    /// Bytes of the text in one PNG chunk, after inflating, or in one SVG element: the same as `text_bytes`, because
    /// that text is then read as a badge.
    pub chunk_text_bytes: usize,
    /// Proofs of one document, each of which costs a canonicalisation and a signature check.
    pub proofs: usize,
    /// Status entries of one document, each of which may cause a fetch.
    pub statuses: usize,
    /// Endorsements of one document that are verified, each of which costs as much as a badge and may
    /// cause fetches.
    pub endorsements: usize,
    /// Credentials of a learner record that are verified, each of which costs as much as a badge and may
    /// cause fetches.
    pub contained: usize,
    /// Credentials at any depth that are verified within one that is presented: each badge of a full
    /// record with an endorsement of its own, and few enough to stay below a second.
    pub nested: usize,
    /// Schemas of one document, each of which may cause a fetch.
    pub schemas: usize,
    /// Bytes of a status list after inflating: 2^26 entries of one bit.
    pub status_list_bytes: usize,
    /// Reasons named for one step; a document with more is no clearer for a longer list.
    pub reasons: usize,
}

impl Limits {
    /// Bytes of the largest input that is looked into, whatever it is.
    pub(crate) fn longest_input(&self) -> usize {
        self.text_bytes.max(self.picture_bytes).max(self.svg_bytes)
    }
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            text_bytes: 1024 * 1024,
            picture_bytes: 10 * 1024 * 1024,
            svg_bytes: 2 * 1024 * 1024,
            picture_chunks: 16 * 1024,
            chunk_text_bytes: 1024 * 1024,
            proofs: 8,
            statuses: 4,
            endorsements: 8,
            contained: 100,
            nested: 200,
            schemas: 4,
            status_list_bytes: 8 * 1024 * 1024,
            reasons: 50,
        }
    }
}
