//! What would change an answer: for each code that somebody can act on, one sentence to that person.

/// What the person who holds the report can do about a finding with this code; `None` where nothing
/// needs doing.
///
/// Unlike the message of a reason, which tells what was found in this badge, the remedy of a code is
/// always the same.
pub fn remedy(code: &str) -> Option<&'static str> {
    let (area, reason) = code.split_once('.')?;
    Some(match (area, reason) {
        ("input", "too_large") => "Present the badge alone, without what surrounds it.",
        ("bake", "malformed") => "Download the picture again from where the badge was issued.",
        ("input", "address") => "Download what lies at the address and present that.",
        ("input", _) => {
            "Present the badge itself: its JSON, its token, or the picture it is baked into."
        }
        ("bake", "missing") => {
            "Present the picture as it was downloaded from the issuer; programs that save a picture anew often drop the badge."
        }
        ("bake", "copies" | "unusual_chunk") => {
            "Nothing needs doing; the issuer can bake the picture anew."
        }
        ("bake" | "svg", _) => {
            "Ask the issuer for a picture with the badge baked in once, or for its JSON."
        }
        ("legacy", "hosted_mismatch") => "Present what lies at the address of the assertion.",
        ("signature", _) => {
            "Ask for the badge exactly as it was issued: one changed letter breaks the signature."
        }
        ("legacy", "mixed") => "Ask the issuer to choose one edition and to issue the badge again.",
        ("legacy", "origin") => {
            "Ask the issuer whether the badge is its own, and to name the place in its profile."
        }
        ("legacy", "key_not_listed") => {
            "Ask the issuer to list the key in its profile under `publicKey`."
        }
        ("nested", "too_many") => "Verify the others on their own.",
        ("fetch", "gone") => "Ask the issuer why it was taken away.",
        ("fetch", "address_blocked") => {
            "If the host is of your own network, allow it by name; if not, ask the issuer for a public address."
        }
        ("fetch", "not_allowed") => {
            "If you verified without the network, verify with it; if not, ask the issuer for an https address."
        }
        ("fetch", "too_large" | "redirect" | "tls" | "budget") => {
            "Ask the issuer to mend how it publishes what its badges need."
        }
        ("document" | "fetch", _)
        | ("status" | "schema" | "nested", "unreachable" | "undetermined") => {
            "Verify again when the address can be reached."
        }
        ("status", "rollback") => "Verify again when the newer list is given out.",
        ("status", "expired") => "Verify again when the issuer has published a new list.",
        ("status", "revoked") => "Ask the issuer why, and whether there is another badge.",
        ("status", "suspended") => "Ask the issuer when the suspension will be lifted.",
        ("status", "informs") => return None,
        ("status", "unknown") => {
            "Ask the issuer whether the badge still stands, or verify with a program that knows this kind of status."
        }
        ("status", _) => "Ask the issuer to publish a status list that holds.",
        ("time", "expired") => "Ask the issuer to renew the badge.",
        ("time", "not_yet_valid") => "Verify again when the badge has come into force.",
        ("time", "clock_implausible") => "Set the clock, or say which time to verify at.",
        ("recipient", _) => "Try another address or identifier that the person may have used.",
        ("trust", "creator_unverified") => {
            "Ask the creator to confirm it, for example by endorsing the achievement."
        }
        ("trust", _) => "Add the issuer to your list if you know and trust it.",
        ("refresh", "newer_edition") => "Ask the holder for the current edition.",
        ("refresh", "unreachable") => "Verify again when the refresh service can be reached.",
        ("refresh", "not_evaluated") => "Look at the issuer's site for a newer edition.",
        ("refresh", _) => {
            "Tell the issuer that its refresh service gives no edition of this badge."
        }
        ("nested" | "endorsement", _) => {
            "Judge what stands within the badge by its own report, and not by that of the badge."
        }
        ("warn", "confusable") => {
            "Compare the issuer's id, letter by letter, with the one you expect."
        }
        ("warn", "image_unbound") => "Go by the words of the report and not by the picture.",
        ("evidence" | "terms" | "related", "not_evaluated") => {
            "Follow its address and judge it for yourself."
        }
        ("schema", "not_evaluated") => {
            "Verify with a program that knows this kind of schema if it matters to you."
        }
        ("schema", "unsupported") => "Ask the issuer to name a schema without such parts.",
        ("proof", "suite_not_allowed")
        | ("jwt", "alg_not_allowed")
        | ("did", "method_unsupported") => {
            "Ask the issuer for a badge signed in a way that is supported, or verify with a program that knows this one."
        }
        ("proof", "count_policy") => {
            "Ask for the badge with all its proofs, or ask for fewer of them."
        }
        ("proof", "shown_in_part") => {
            "Ask the holder to show the badge whole if what may be missing matters to you."
        }
        ("proof", "suite_deprecated")
        | ("warn", _)
        | ("jwt", "claim_missing")
        | ("legacy", "open_badges_2")
        | ("ld", "context_outdated") => {
            "Nothing needs doing; the issuer can use a current form for its next badges."
        }
        ("issuer", "key_not_controlled") | ("jwt", "embedded_key_untrusted" | "kid_unresolved") => {
            "Ask the issuer whether the badge is its own, and to publish the key that signed it."
        }
        ("key", "revoked") | ("time", "proof_created" | "proof_expired") => {
            "Ask the issuer to sign the badge again with a current key."
        }
        ("key" | "did", _) => "Ask the issuer to put its published keys right.",
        ("credential", "enveloped") => {
            "Present what stands in its `id` after `data:application/vc+jwt,`."
        }
        ("credential", "form_unsupported") => "Verify with a program that reads this older form.",
        ("credential", "not_a_badge" | "presentation") => {
            "Present the badge itself and not what carries it or stands beside it."
        }
        _ => "Ask the issuer to put it right and to issue the badge again.",
    })
}
