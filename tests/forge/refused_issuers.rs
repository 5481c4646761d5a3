//! Badges that somebody else signed, or whose issuer names no usable key.

use super::verified::endorsement;
use super::*;

pub fn add(files: &mut Files) {
    keys_of_others(files);
    key_documents(files);
}

fn keys_of_others(files: &mut Files) {
    let (school, stranger) = (Key::School, Key::Stranger);
    let mut json = |code: &str, name: &str, value: Value| files.json(&refused(code, name), &value);
    let code = "issuer.key_not_controlled";
    json(code, "stranger-signs-for-the-school.json", {
        signed(&badge(&school.did()), &stranger.method(), stranger)
    });
    json(code, "stranger-signs-for-a-district.json", {
        signed(&badge(DISTRICT), &stranger.method(), stranger)
    });
    json(code, "stranger-signs-for-a-web-issuer.json", {
        signed(
            &badge(WEB),
            &format!("https://evil.example/me#{}", stranger.multibase()),
            stranger,
        )
    });
    json(code, "district-signs-for-the-school.json", {
        signed(
            &badge(&school.did()),
            &format!("{DISTRICT}#key-1"),
            Key::District,
        )
    });
    json(code, "key-not-in-the-document.json", {
        signed(
            &badge(DISTRICT),
            &format!("{DISTRICT}#key-9"),
            Key::District,
        )
    });
    // The forms that the official validator lets pass, although nothing binds them to the issuer.
    json(
        code,
        "bare-did-key.json",
        signed(&badge(&school.did()), &school.did(), school),
    );
    json(code, "bare-did-key-of-no-known-issuer.json", {
        let issuer = "urn:uuid:7f3b1b1e-8a52-4b7e-b1a1-0a1a2a3a4a05";
        signed(&badge(issuer), &stranger.did(), stranger)
    });
    json(code, "key-in-the-address-fragment.json", {
        signed(
            &badge(WEB),
            &format!("{WEB}#{}", stranger.multibase()),
            stranger,
        )
    });
    json(code, "key-in-the-fragment-of-an-unreachable-issuer.json", {
        let issuer = "https://gone.example/profile";
        signed(
            &badge(issuer),
            &format!("{issuer}#{}", Key::Web.multibase()),
            Key::Web,
        )
    });
    json(code, "document-that-names-no-key.json", {
        let issuer = "https://issuer.example/silent";
        signed(
            &badge(issuer),
            &format!("{issuer}#{}", Key::Web.multibase()),
            Key::Web,
        )
    });
    json(code, "endorsement-by-a-stranger.json", {
        signed(&endorsement(&school.did()), &stranger.method(), stranger)
    });
    json("key.revoked", "signed-with-a-stolen-key.json", {
        signed(
            &badge(DISTRICT),
            &format!("{DISTRICT}#key-stolen"),
            Key::Compromised,
        )
    });

    json("key.revoked", "signed-with-a-withdrawn-key.json", {
        signed(
            &badge(DISTRICT),
            &format!("{DISTRICT}#key-withdrawn"),
            Key::Withdrawn,
        )
    });

    let mut by = |name: &str, issuer: &str, key: Key, kid: &str| {
        let token = token(&header(key, kid), &payload(&badge(issuer)), key);
        files.bytes(&refused(code, name), token);
    };
    let upload = "https://badges.example/evidence/upload";
    by(
        "key-uploaded-to-the-issuers-host.jwt",
        DISTRICT,
        Key::Upload,
        upload,
    );
    let upload = "https://issuer.example/uploads/key";
    by(
        "key-uploaded-to-a-web-issuers-host.jwt",
        WEB,
        Key::Upload,
        upload,
    );
    let nameless = "https://badges.example/keys/nameless";
    by(
        "key-that-names-no-issuer.jwt",
        DISTRICT,
        Key::Upload,
        nameless,
    );
    let mut kid = |name: &str, kid: &str| by(name, DISTRICT, Key::DistrictP256, kid);
    kid(
        "key-of-another-on-the-same-host.jwt",
        "https://badges.example/keys/tenant",
    );
    kid(
        "key-at-another-host.jwt",
        "https://elsewhere.example/keys/p256",
    );
    kid(
        "key-of-another-in-the-set.jwt",
        "https://badges.example/.well-known/jwks.json#one",
    );
}

fn key_documents(files: &mut Files) {
    let mut json = |code: &str, name: &str, value: Value| files.json(&refused(code, name), &value);
    let by = |issuer: &str| signed(&badge(issuer), &format!("{issuer}#key-1"), Key::District);
    for (code, name) in [
        ("did.document", "other-id"),
        ("did.document", "other-controller"),
        ("did.document", "many-keys"),
        ("did.document", "not-json"),
        ("key.weak", "weak-key"),
        ("key.invalid", "broken-key"),
        ("key.private_material", "private-key"),
        ("key.ambiguous", "two-keys"),
    ] {
        json(
            code,
            &format!("{name}.json"),
            by(&format!("did:web:faulty.example:{name}")),
        );
    }
    for (name, did) in [
        ("address", "did:web:127.0.0.1"),
        ("dots", "did:web:badges.example:..:tenant"),
        ("slash", "did:web:badges.example%2Ftenant"),
        ("upper-case", "did:web:Badges.example"),
        ("empty-segment", "did:web:badges.example::tenant"),
    ] {
        json("did.invalid", &format!("did-web-{name}.json"), by(did));
    }
    let school = Key::School;
    json("did.invalid", "fragment-of-another-key.json", {
        let method = format!("{}#{}", school.did(), Key::Stranger.multibase());
        signed(&badge(&school.did()), &method, school)
    });
    json("did.invalid", "did-key-of-nothing.json", {
        signed(&badge("did:key:z6Mk"), "did:key:z6Mk#z6Mk", school)
    });
    for (name, method) in [
        ("ion", "did:ion:EiClkZMDxPKqC9c#key-1"),
        ("example", "did:example:123#key-1"),
        ("urn", "urn:example:key"),
    ] {
        json(
            "did.method_unsupported",
            &format!("{name}.json"),
            signed(&badge(&school.did()), method, school),
        );
    }
}
