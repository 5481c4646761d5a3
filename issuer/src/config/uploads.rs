//! What may be uploaded, as the configuration says it.

use super::raw::{MAX_EVIDENCE_FILE_BYTES, MAX_UPLOAD_BYTES};
use super::{ConfigError, MOST_BYTES, RawConfig, in_range};
use crate::evidence::{Scanner, ScannerAddressError};
use crate::upload::UploadLimits;

/// Checks the fields about the scanner.
pub(super) fn scanner(raw: &RawConfig) -> Result<Option<Scanner>, ConfigError> {
    let field = "scanner_max_bytes";
    let bytes = in_range(field, raw.scanner_max_bytes, 1, MAX_UPLOAD_BYTES)?;
    if raw.scanner.is_empty() {
        return Ok(None);
    }
    let address = raw.scanner.parse();
    let address = address
        .map_err(|error: ScannerAddressError| ConfigError::field("scanner", error.to_string()))?;
    Ok(Some(Scanner { address, bytes }))
}

/// Checks the fields about uploads.
pub(super) fn read(raw: &RawConfig) -> Result<UploadLimits, ConfigError> {
    Ok(UploadLimits {
        request_bytes: in_range(
            "max_evidence_file_bytes",
            raw.max_evidence_file_bytes,
            1,
            MAX_EVIDENCE_FILE_BYTES,
        )?,
        file_bytes: in_range(
            "max_upload_bytes",
            raw.max_upload_bytes,
            1,
            MAX_UPLOAD_BYTES,
        )?,
        person_bytes: in_range(
            "person_evidence_bytes",
            raw.person_evidence_bytes,
            1,
            MOST_BYTES,
        )?,
        organisation_bytes: in_range(
            "organisation_evidence_bytes",
            raw.organisation_evidence_bytes,
            1,
            MOST_BYTES,
        )?,
    })
}
