//! Sizes of files, as people say them.

/// How large a file may be.
pub fn most(bytes: u64) -> String {
    const GIB: u64 = 1 << 30;
    const MIB: u64 = 1 << 20;
    match bytes {
        GIB.. if bytes.is_multiple_of(GIB) => format!("{} GB", bytes / GIB),
        MIB.. => format!("{} MB", bytes / MIB),
        _ => format!("{} kB", bytes / 1_000),
    }
}
