//! Baking: a picture that carries its credential (Open Badges 3.0, Baked Badge).

pub mod svg;

use std::fmt;

use verifier::Limits;
use verifier::png::{BakeError, Png};

/// Why a picture was not baked.
#[derive(Debug)]
pub enum NotBaked {
    /// It is not a picture that can be baked.
    Picture(BakeError),
    /// It carries a credential already. Writing over it would hide whose picture it was.
    AlreadyBaked,
    /// Whoever shows it would have to draw more pixels than a badge needs.
    Dimensions { width: u32, height: u32 },
}

/// Puts a credential, as JSON or compact JWT, into a PNG.
pub fn bake(picture: &[u8], credential: &str) -> Result<Vec<u8>, NotBaked> {
    let limits = Limits::default();
    let png = Png::read(picture, &limits).map_err(NotBaked::Picture)?;
    // The header says how large it is; no pixel is looked at before, nor after.
    let (width, height) = (png.width(), png.height());
    if width > MOST_SIDE || height > MOST_SIDE {
        return Err(NotBaked::Dimensions { width, height });
    }
    match png.credentials(&limits) {
        Err(BakeError::Missing) => Ok(png.bake(credential)),
        Ok(_) | Err(_) => Err(NotBaked::AlreadyBaked),
    }
}

impl NotBaked {
    /// The stable public code.
    pub fn code(&self) -> &'static str {
        match self {
            NotBaked::Picture(error) => error.code(),
            NotBaked::AlreadyBaked => "bake.ambiguous",
            NotBaked::Dimensions { .. } => "image.dimensions",
        }
    }
}

impl fmt::Display for NotBaked {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            NotBaked::Picture(error) => write!(f, "the picture cannot be baked: {error}"),
            NotBaked::AlreadyBaked => write!(f, "the picture carries a credential already"),
            NotBaked::Dimensions { width, height } => write!(
                f,
                "the picture has {width} by {height} pixels, and at most {MOST_SIDE} each way are baked"
            ),
        }
    }
}

impl std::error::Error for NotBaked {}

/// The longest side that is baked. At that size a picture takes 64 MiB where it is shown.
const MOST_SIDE: u32 = 4_096;
