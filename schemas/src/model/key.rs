//! Public keys as documents show them.

class! {
    /// A public key in multibase (Open Badges 3.0, Multikey).
    pub struct Multikey {
        pub id: String,
        pub r#type: Option<String>,
        pub cryptosuite: Option<String>,
        pub controller: Option<String>,
        pub public_key_multibase: String,
    }
}

class! {
    /// A public key as JSON (RFC 7517); the members of its key type are in `additional`.
    pub struct Jwk {
        pub kty: String,
        pub r#use: Option<String>,
        #[serde(rename = "key_ops")]
        pub key_ops: Vec<String>,
        pub alg: Option<String>,
        pub kid: Option<String>,
        pub x5u: Option<String>,
        pub x5c: Vec<String>,
        pub x5t: Option<String>,
        #[serde(rename = "x5t#S256")]
        pub x5t_s256: Option<String>,
    }
}

class! {
    /// A set of public keys (RFC 7517).
    pub struct Jwks {
        pub keys: Vec<Jwk> = Vec::new(),
    }
}
