//! Why a badge that was brought is not kept.

/// Why a badge that was brought is not kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostedError {
    /// It is no badge, or its proof does not hold.
    #[error("this is not taken: {sentence}")]
    Refused {
        /// The verifier's code.
        code: &'static str,
        /// What it says.
        sentence: String,
    },
    /// It is another thing than a badge of Open Badges 3.0.
    #[error("this is not a badge of Open Badges 3.0, which alone are kept here")]
    NoBadge,
    /// It does not say which badge of which issuer it is.
    #[error("this has no identifier, names no issuer, or does not say since when it is valid")]
    Nameless,
    /// The person has as much here as anybody can.
    #[error("there is no more room: remove badges that you do not need here")]
    Full,
}

impl HostedError {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            HostedError::Refused { code, .. } => code,
            HostedError::NoBadge => "hosted.no_badge",
            HostedError::Nameless => "hosted.nameless",
            HostedError::Full => "hosted.full",
        }
    }
}
