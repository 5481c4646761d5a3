//! Baking: a picture that carries its credential (Open Badges 3.0, Baked Badge).

use verifier::Limits;
use verifier::png::{BakeError, Png};

/// Why a picture was not baked.
#[derive(Debug)]
pub enum NotBaked {
    /// It is not a picture that can be baked.
    Picture(BakeError),
    /// It carries a credential already. Writing over it would hide whose picture it was.
    AlreadyBaked,
}

/// Puts a credential, as JSON or compact JWT, into a PNG.
pub fn bake(picture: &[u8], credential: &str) -> Result<Vec<u8>, NotBaked> {
    let limits = Limits::default();
    let png = Png::read(picture, &limits).map_err(NotBaked::Picture)?;
    match png.credentials(&limits) {
        Err(BakeError::Missing) => Ok(png.bake(credential)),
        Ok(_) | Err(_) => Err(NotBaked::AlreadyBaked),
    }
}
