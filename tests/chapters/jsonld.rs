//! A document becomes exactly the statements that other implementations read in it, or is refused.

use keys::jsonld::{Contexts, LdError, LdLimits, to_rdf};
use keys::rdfc::{HashAlgorithm, canonicalize};
use serde_json::{Value, json};

use crate::chapters::rdfc::dataset;
use crate::rdf_oracle;
use crate::support::{examples, repository, spec};

#[test]
fn the_walkthroughs_of_the_implementation_guide_give_their_published_statements() {
    let Some(spec) = spec("walkthrough statements") else {
        return;
    };
    for (folder, document) in [
        ("signing-walkthrough-ob", "02-credential.json"),
        ("signing-walkthrough-clr", "03-document-before-signing.json"),
    ] {
        let folder = spec.join("examples").join(folder);
        let read =
            |name: &str| std::fs::read_to_string(folder.join(name)).expect("a readable file");
        let document: Value = serde_json::from_str(&read(document)).expect("JSON");
        let mut proof: Value = serde_json::from_str(&read("07-proof.json")).expect("JSON");
        let members = proof.as_object_mut().expect("an object");
        members.remove("proofValue");
        members.insert("@context".to_owned(), document["@context"].clone());

        assert_eq!(text(&document), read("document-canon.nq.txt"));
        assert_eq!(text(&proof), read("proof-canon.nq.txt"));
    }
}

#[test]
fn every_published_example_gives_the_statements_that_the_oracle_reads() {
    let Some(spec) = spec("statements of the published examples") else {
        return;
    };
    let mut refused = Vec::new();
    let mut read = 0;
    for (name, document) in examples(&spec) {
        if document.get("@context").is_none() {
            continue;
        }
        match canonical(&document) {
            Ok(ours) => {
                let mut theirs = rdf_oracle::canonical(&document).expect("the oracle reads it");
                if name.ends_with("complete.json") {
                    // Five embedded proofs that are alike. oxrdf looks at each neighbour once,
                    // rdf-canonize (JavaScript), PyLD and rdf-canon once for each statement, as we
                    // do: the statements are compared under our names.
                    theirs = canonical_quads(&theirs);
                }
                rdf_oracle::assert_same_statements(&ours, &theirs, &name);
                read += 1;
            }
            Err(error) => refused.push((name, error.code(), error.pointer().to_owned())),
        }
    }
    let refused: Vec<_> = refused
        .iter()
        .map(|(name, code, pointer)| (name.as_str(), *code, pointer.as_str()))
        .collect();
    // Contexts of Open Badges 2.0 and of examples are not embedded; the third uses a member that
    // none of its contexts defines.
    let expected = [
        (
            "impl-guide/migrating-02",
            "ld.context_not_allowed",
            "/@context",
        ),
        (
            "impl-guide/migrating-04",
            "ld.context_not_allowed",
            "/@context",
        ),
        (
            "impl-guide/migrating-05",
            "ld.data_loss",
            "/issuer/alsoKnownAs",
        ),
        (
            "ob3-vcdm2/equality-a",
            "ld.context_not_allowed",
            "/@context/2",
        ),
        (
            "ob3-vcdm2/equality-b",
            "ld.context_not_allowed",
            "/@context/2",
        ),
        (
            "ob3-vcdm2/equality-c",
            "ld.context_not_allowed",
            "/@context/2",
        ),
        (
            "ob3-vcdm2/equality-d",
            "ld.context_not_allowed",
            "/@context/2",
        ),
    ];
    assert_eq!(refused.len(), expected.len(), "{refused:?}");
    for (refused, expected) in refused.iter().zip(expected) {
        assert!(refused.0.starts_with(expected.0), "{refused:?}");
        assert!(
            expected.2.starts_with(refused.2) || refused.2 == expected.2,
            "{refused:?}"
        );
        assert_eq!(refused.1, expected.1, "{refused:?}");
    }
    assert!(read >= 20, "{read}");
}

#[test]
fn values_that_implementations_get_wrong_have_the_text_of_the_standard() {
    let document = badge();
    let ours = text(&document);
    let theirs = rdf_oracle::canonical(&document).expect("the oracle reads it");
    rdf_oracle::assert_same_statements(&ours, &theirs, "the badge with everything");
    for line in [
        // Numbers and booleans keep the datatype that the context writes, `https` and all.
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#creditsAvailable> \"36\"^^<https://www.w3.org/2001/XMLSchema#float>",
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#hashed> \"true\"^^<https://www.w3.org/2001/XMLSchema#boolean>",
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#hashed> \"false\"^^<https://www.w3.org/2001/XMLSchema#boolean>",
        "https://schema.org/latitude> \"4.84E1\"^^<http://www.w3.org/2001/XMLSchema#double>",
        "https://schema.org/longitude> \"-123\"^^<http://www.w3.org/2001/XMLSchema#integer>",
        // Datatypes that the context gives without expanding them, or that fit badly.
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#awardedDate> \"2026-05-01T00:00:00Z\"^^<xsd:dateTime>",
        "https://purl.imsglobal.org/spec/vc/ob/vocab.html#activityStartDate> \"2026-01-01T00:00:00Z\"^^<https://www.w3.org/2001/XMLSchema#date>",
        "https://www.w3.org/2018/credentials#validFrom> \"2026-05-02T00:00:00Z\"^^<http://www.w3.org/2001/XMLSchema#dateTime>",
        // A control character, and the escapes of canonical N-Quads.
        "https://schema.org/name> \"Wait\\u0001 \\\"Time\\\"\\t\\\\ é\"",
    ] {
        assert!(ours.contains(&format!("<{line} .\n")), "{line}\n{ours}");
    }
    // `allowedValue` is a list: its order is signed.
    let mut turned = document.clone();
    turned
        .pointer_mut("/credentialSubject/achievement/resultDescription/0/allowedValue")
        .and_then(Value::as_array_mut)
        .expect("a list")
        .reverse();
    assert_ne!(text(&turned), ours);
    // `tag` is a set: its order is not.
    let mut turned = document;
    turned
        .pointer_mut("/credentialSubject/achievement/tag")
        .and_then(Value::as_array_mut)
        .expect("a set")
        .reverse();
    assert_eq!(text(&turned), ours);
}

#[test]
fn credits_have_the_text_of_the_standard() {
    for (number, expected) in [
        ("3.0", "3"),
        ("3.5", "3.5E0"),
        ("36", "36"),
        ("0.1", "1.0E-1"),
        ("1e21", "1.0E21"),
        ("1e20", "100000000000000000000"),
        ("123456.789", "1.23456789E5"),
        ("-2.25", "-2.25E0"),
        ("0", "0"),
        ("1e-7", "1.0E-7"),
        ("0.30000000000000004", "3.0E-1"),
        ("1.7976931348623157e308", "1.797693134862316E308"),
    ] {
        let mut document = badge();
        document["credentialSubject"]["creditsEarned"] =
            serde_json::from_str(number).expect("a number");
        let expected = format!(
            "#creditsEarned> \"{expected}\"^^<https://www.w3.org/2001/XMLSchema#float> .\n"
        );
        assert!(text(&document).contains(&expected), "{number}");
    }
}

#[test]
fn a_number_beyond_exact_doubles_is_refused() {
    for number in [
        "9007199254740993",
        "18446744073709551615",
        "-9007199254740993",
    ] {
        let mut document = badge();
        document["credentialSubject"]["creditsEarned"] =
            serde_json::from_str(number).expect("a number");
        let error = refusal(&document);
        assert_eq!(error.code(), "ld.data_loss");
        assert_eq!(error.pointer(), "/credentialSubject/creditsEarned");
    }
}

#[test]
fn the_purpose_of_a_proof_is_read_with_the_context_of_its_property() {
    let proof = json!({
        "@context": CONTEXTS,
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-05-02T00:00:00Z",
        "verificationMethod": "did:key:z6Mk#z6Mk",
        "proofPurpose": "assertionMethod",
    });
    assert_eq!(
        text(&proof),
        "_:c14n0 <http://purl.org/dc/terms/created> \"2026-05-02T00:00:00Z\"^^<http://www.w3.org/2001/XMLSchema#dateTime> .\n\
         _:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#DataIntegrityProof> .\n\
         _:c14n0 <https://w3id.org/security#cryptosuite> \"eddsa-rdfc-2022\"^^<https://w3id.org/security#cryptosuiteString> .\n\
         _:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .\n\
         _:c14n0 <https://w3id.org/security#verificationMethod> <did:key:z6Mk#z6Mk> .\n"
    );
    let mut other = proof;
    other["proofPurpose"] = json!("madeUpPurpose");
    assert_eq!(refusal(&other).code(), "ld.relative_iri");
}

#[test]
fn texts_in_languages_keep_them() {
    let documents = [
        json!({"@value": "Bonjour", "@language": "fr-CA"}),
        json!([{"@value": "Bonjour", "@language": "fr"}, {"@value": "Hello", "@language": "en"}]),
        json!({"@value": "plain"}),
    ];
    for name in documents {
        let mut document = badge();
        document["name"] = name;
        let theirs = rdf_oracle::canonical(&document).expect("the oracle reads it");
        rdf_oracle::assert_same_statements(&text(&document), &theirs, "a name in languages");
    }
    // A context with a language map, of an operator's own.
    let contexts = Contexts::with_documents([(
        "urn:context".to_owned(),
        json!({"@context": {
            "title": {"@id": "urn:title", "@container": "@language"},
            "none": "@none",
            "note": {"@id": "urn:note", "@language": "DE"},
            "plain": {"@id": "urn:plain", "@language": null},
            "@language": "en",
            "other": "urn:other",
        }}),
    )]);
    let document = json!({
        "@context": "urn:context",
        "title": {"en": "Wait", "zh-Hant-TW": ["x", "y"], "none": "z"},
        "note": "Hinweis", "plain": "p", "other": "o",
    });
    assert_eq!(
        text_with(&document, &contexts),
        "_:c14n0 <urn:note> \"Hinweis\"@de .\n\
         _:c14n0 <urn:other> \"o\"@en .\n\
         _:c14n0 <urn:plain> \"p\" .\n\
         _:c14n0 <urn:title> \"Wait\"@en .\n\
         _:c14n0 <urn:title> \"x\"@zh-hant-tw .\n\
         _:c14n0 <urn:title> \"y\"@zh-hant-tw .\n\
         _:c14n0 <urn:title> \"z\" .\n"
    );
}

#[test]
fn a_credential_in_a_presentation_is_a_graph_with_contexts_of_its_own() {
    let mut credential = badge();
    credential["proof"] = json!([{
        "type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-05-02T00:00:00Z", "proofPurpose": "assertionMethod",
        "verificationMethod": "did:key:z6Mk#z6Mk", "proofValue": "z1",
    }, {
        "type": "DataIntegrityProof", "previousProof": "urn:proof:1",
    }]);
    let presentation = json!({
        "@context": "https://www.w3.org/ns/credentials/v2",
        "type": "VerifiablePresentation",
        "holder": "did:example:ada",
        "verifiableCredential": [credential, endorsement("urn:uuid:e", json!({"id": "urn:uuid:badge"}))],
    });
    let ours = text(&presentation);
    let theirs = rdf_oracle::canonical(&presentation).expect("the oracle reads it");
    rdf_oracle::assert_same_statements(&ours, &theirs, "the presentation");
    assert!(
        ours.lines()
            .filter(|line| line.contains("#validFrom>"))
            .all(|line| line.contains("#dateTime> _:c14n"))
    );

    // The term brings no context: without one of its own, a credential has no words.
    let mut without = presentation;
    let credential = without["verifiableCredential"][0].as_object_mut();
    credential.expect("an object").shift_remove("@context");
    assert_eq!(refusal(&without).code(), "ld.data_loss");
    // A graph with nothing in it would lose the name of the credential.
    without["verifiableCredential"] = json!(["urn:uuid:badge"]);
    assert_eq!(refusal(&without).code(), "ld.data_loss");
    without["verifiableCredential"] = json!([{"@id": "urn:uuid:badge"}]);
    assert_eq!(refusal(&without).code(), "ld.data_loss");
}

#[test]
fn scoped_and_protected_contexts_are_applied_as_jsonld_js_applies_them() {
    let path = repository().join("tests/fixtures/jsonld/scoped-contexts.json");
    let file = std::fs::read_to_string(path).expect("the fixture");
    let fixture: Value = serde_json::from_str(&file).expect("JSON");
    let contexts = fixture["contexts"].as_object().expect("contexts").clone();
    let contexts = Contexts::with_documents(contexts);
    let limits = LdLimits::default();
    let cases = fixture["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 41);
    for case in cases {
        let ours = to_rdf(&case["document"], &contexts, &limits)
            .and_then(|dataset| canonicalize(&dataset, HashAlgorithm::Sha256, &limits));
        match (ours, case["refused"].as_str()) {
            (Ok(ours), None) => {
                let statements: Vec<&str> = ours.lines().collect();
                assert_eq!(json!(statements), case["statements"], "{case}");
            }
            (Err(error), Some(code)) => assert_eq!(error.code(), code, "{case}"),
            (ours, _) => panic!("{ours:?}: {case}"),
        }
    }
}

#[test]
fn lists_in_lists_are_lists() {
    let mut document = badge();
    document["credentialSubject"]["achievement"]["resultDescription"][0]["allowedValue"] =
        json!([["A", []], "B", {"@value": "C", "@language": "en"}, 4]);
    let theirs = rdf_oracle::canonical(&document).expect("the oracle reads it");
    rdf_oracle::assert_same_statements(&text(&document), &theirs, "lists in lists");
}

#[test]
fn json_values_are_canonical_literals() {
    let document = json!({
        "@context": CONTEXTS,
        "id": "urn:schema",
        "type": "JsonSchema",
        "jsonSchema": {"b": [1.0, 1e21, null, true], "a\u{1}": {"\u{e9}": "\"\\\n"}},
    });
    let ours = text(&document);
    let literal = concat!(
        r##"<urn:schema> <https://www.w3.org/2018/credentials#jsonSchema> "##,
        r##""{\"a\\u0001\":{\"é\":\"\\\"\\\\\\n\"},\"b\":[1,1e+21,null,true]}""##,
        r##"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON> ."##
    );
    assert!(ours.contains(literal), "{ours}");
}

#[test]
fn attack_l_01_a_member_that_is_not_signed_is_refused_wherever_it_stands() {
    let document = badge();
    let mut objects = Vec::new();
    collect_objects(&document, String::new(), &mut objects);
    assert!(objects.len() > 15);
    for pointer in objects {
        for value in [json!("x"), json!({"id": "urn:x"}), json!([]), json!(null)] {
            let mut changed = document.clone();
            let object = changed.pointer_mut(&pointer).expect("an object");
            object["madeUp"] = value;
            let error = refusal(&changed);
            assert_eq!(error.code(), "ld.data_loss", "{error}");
            assert_eq!(error.pointer(), format!("{pointer}/madeUp"));
        }
    }
    for (pointer, value) in [
        ("/name", json!(null)),
        ("/credentialSubject/achievement/tag/0", json!(null)),
        ("/name", json!({"@value": null})),
        (
            "/name",
            json!({"@value": "x", "@language": "ar", "@direction": "rtl"}),
        ),
        ("/name", json!({"@value": "x", "@language": "not a tag"})),
        ("/credentialSubject/id", json!("_:b0")),
    ] {
        let mut changed = document.clone();
        *changed.pointer_mut(pointer).expect("a place") = value;
        assert_eq!(refusal(&changed).code(), "ld.data_loss", "{pointer}");
    }
}

#[test]
fn attack_l_02_and_l_03_contexts_that_are_not_pinned_are_refused() {
    for context in [
        json!("https://attacker.example/context.json"),
        json!({"name": "https://schema.org/description"}),
        json!({"@vocab": "https://attacker.example/"}),
        json!({"@base": "https://attacker.example/"}),
        json!({"@import": "https://www.w3.org/ns/credentials/v2"}),
        json!({"id": "@type", "type": "@id"}),
        json!({"proof": "@nest"}),
        json!({}),
        json!(7),
        json!([["https://www.w3.org/ns/credentials/v2"]]),
        json!("https://www.w3.org/ns/credentials/v2/"),
    ] {
        for pointer in ["", "/credentialSubject", "/credentialSubject/achievement"] {
            let mut document = badge();
            let object = document.pointer_mut(pointer).expect("an object");
            let mut list = CONTEXTS.map(Value::from).to_vec();
            match &context {
                Value::Array(items) => list.extend(items.clone()),
                item => list.push(item.clone()),
            }
            object["@context"] = list.into();
            let error = refusal(&document);
            assert_eq!(error.code(), "ld.context_not_allowed", "{context}");
            assert_eq!(error.pointer(), format!("{pointer}/@context/2"));
        }
    }
}

#[test]
fn attack_l_05_a_protected_term_cannot_be_defined_anew() {
    for url in [
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
        "https://www.w3.org/2018/credentials/v1",
    ] {
        let mut document = badge();
        document["@context"] = json!(["https://www.w3.org/ns/credentials/v2", url]);
        assert_eq!(refusal(&document).code(), "ld.protected_term", "{url}");
    }
    let mut document = badge();
    document["credentialSubject"]["@context"] = json!(null);
    assert_eq!(refusal(&document).code(), "ld.protected_term");
}

#[test]
fn attack_l_06_relative_identifiers_and_types_are_refused() {
    let document = badge();
    let mut objects = Vec::new();
    collect_objects(&document, String::new(), &mut objects);
    for relative in [
        "",
        "x",
        "/x",
        "#x",
        "?x",
        "//host/x",
        "a b:c",
        "urn:x y",
        "http://<x>",
        ":x",
        "1a:b",
    ] {
        for pointer in &objects {
            if document
                .pointer(pointer)
                .is_some_and(|o| o.get("@value").is_some())
            {
                continue;
            }
            for member in ["id", "type"] {
                let mut changed = document.clone();
                changed.pointer_mut(pointer).expect("an object")[member] = json!(relative);
                let error = refusal(&changed);
                // Without its type, an object's terms lose their meaning; the type is read first.
                assert_eq!(
                    error.code(),
                    "ld.relative_iri",
                    "{pointer}/{member} {relative}"
                );
                assert_eq!(error.pointer(), format!("{pointer}/{member}"));
            }
        }
        let mut changed = document.clone();
        changed["credentialSubject"]["achievement"]["criteria"] = json!(relative);
        assert_eq!(refusal(&changed).code(), "ld.relative_iri");
    }
}

#[test]
fn attack_l_07_keywords_outside_the_allowed_few_are_refused_in_every_object() {
    let document = badge();
    let mut objects = Vec::new();
    collect_objects(&document, String::new(), &mut objects);
    for keyword in [
        "@graph",
        "@reverse",
        "@included",
        "@nest",
        "@json",
        "@index",
        "@set",
        "@list",
        "@base",
        "@vocab",
        "@import",
        "@none",
        "@version",
        "@protected",
        "@propagate",
        "@container",
        "@prefix",
        "@foo",
        "@",
        "@a-b",
    ] {
        for pointer in &objects {
            let mut changed = document.clone();
            let object = changed.pointer_mut(pointer).expect("an object");
            object[keyword] = json!([{"id": "urn:x", "name": "grafted"}]);
            let error = refusal(&changed);
            assert_eq!(error.pointer(), format!("{pointer}/{keyword}"));
            assert!(
                ["ld.keyword_not_allowed", "ld.syntax"].contains(&error.code()),
                "{keyword} {}",
                error.code()
            );
        }
    }
    for (pointer, value) in [
        ("/name", json!({"@value": {"a": 1}, "@type": "@json"})),
        ("/name", json!({"@value": "x", "@type": "@id"})),
        ("/credentialSubject/achievement/tag", json!({"@set": ["a"]})),
        (
            "/credentialSubject/achievement/tag",
            json!({"@list": ["a"]}),
        ),
        (
            "/credentialSubject",
            json!({"@graph": {"id": "urn:x", "name": "y"}}),
        ),
    ] {
        let mut changed = document.clone();
        *changed.pointer_mut(pointer).expect("a place") = value;
        assert_eq!(
            refusal(&changed).code(),
            "ld.keyword_not_allowed",
            "{pointer}"
        );
    }
}

#[test]
fn attack_l_07_statements_about_the_credential_or_its_subject_come_from_there_alone() {
    // An endorsement of the credential itself and one of its holder: allowed.
    let mut endorsed = badge();
    endorsed["endorsement"] = json!([
        endorsement(
            "urn:uuid:e1",
            json!({"id": "urn:uuid:badge", "type": "EndorsementSubject"})
        ),
        endorsement(
            "urn:uuid:e2",
            json!({
                "id": "did:example:ada", "type": ["EndorsementSubject"], "endorsementComment": "Good",
            })
        ),
    ]);
    let statements = text(&endorsed);

    // The status is moved from the credential to the endorsement that speaks about it.
    let mut grafted = endorsed.clone();
    let status = grafted
        .as_object_mut()
        .and_then(|members| members.shift_remove("credentialStatus"))
        .expect("a status");
    let subject = &mut grafted["endorsement"][0]["credentialSubject"];
    subject["type"] = json!(["EndorsementSubject", "VerifiableCredential"]);
    subject["credentialStatus"] = status;
    // The very same statements: only the JSON tells them apart.
    let theirs = rdf_oracle::canonical(&grafted).expect("the oracle reads it");
    rdf_oracle::assert_same_statements(&theirs, &statements, "the grafted status");
    assert_eq!(refusal(&grafted).code(), "ld.keyword_not_allowed");

    // The results are moved from the subject to the endorsement of the person.
    let mut grafted = endorsed.clone();
    let results = grafted["credentialSubject"]
        .as_object_mut()
        .and_then(|members| members.shift_remove("result"))
        .expect("results");
    let subject = &mut grafted["endorsement"][1]["credentialSubject"];
    subject["type"] = json!(["EndorsementSubject", "AchievementSubject"]);
    subject["result"] = results;
    assert_eq!(refusal(&grafted).code(), "ld.keyword_not_allowed");

    // An object without a type of its own adds to the credential.
    let mut grafted = endorsed.clone();
    grafted["evidence"][0]["id"] = json!("urn:uuid:badge");
    grafted["evidence"][0]
        .as_object_mut()
        .expect("an object")
        .retain(|name, _| name == "id" || name == "name");
    assert_eq!(refusal(&grafted).code(), "ld.keyword_not_allowed");

    // What issuers do: the profile repeated in part, bare references, results by their description.
    let mut harmless = endorsed;
    harmless["credentialSubject"]["achievement"]["creator"] =
        json!({"id": "https://issuer.example", "type": ["Profile"], "email": "a@issuer.example"});
    harmless["credentialSubject"]["achievement"]["related"] =
        json!([{"id": "urn:uuid:badge", "type": ["Related"]}, {"id": "did:example:ada"}]);
    text(&harmless);
}

#[test]
fn attack_l_10_a_second_spelling_is_refused() {
    let document = badge();
    let spell = |pointer: &str, from: &str, to: &str| {
        let mut changed = document.clone();
        let object = changed
            .pointer_mut(pointer)
            .and_then(Value::as_object_mut)
            .expect("an object");
        let value = object.shift_remove(from).expect("a member");
        object.insert(to.to_owned(), value);
        changed
    };
    for (changed, at) in [
        (spell("", "id", "@id"), "/@id"),
        (
            spell("/credentialSubject", "type", "@type"),
            "/credentialSubject/@type",
        ),
        // Readers of the JSON would not see the status.
        (
            spell(
                "",
                "credentialStatus",
                "https://www.w3.org/2018/credentials#credentialStatus",
            ),
            "/https:~1~1www.w3.org~12018~1credentials#credentialStatus",
        ),
    ] {
        let error = refusal(&changed);
        assert_eq!(error.code(), "ld.ambiguous_alias");
        assert_eq!(error.pointer(), at);
        let theirs = rdf_oracle::canonical(&changed).expect("the oracle reads it");
        rdf_oracle::assert_same_statements(&theirs, &text(&document), at);
    }
    for (pointer, member, value) in [
        ("", "@id", json!("urn:uuid:badge")),
        ("/credentialSubject", "@type", json!("AchievementSubject")),
        ("/credentialSubject/achievement", "tag", json!([["a"]])),
        (
            "/credentialStatus",
            "type",
            json!("https://www.w3.org/ns/credentials/status#BitstringStatusListEntry"),
        ),
    ] {
        let mut changed = document.clone();
        changed.pointer_mut(pointer).expect("an object")[member] = value;
        assert_eq!(
            refusal(&changed).code(),
            "ld.ambiguous_alias",
            "{pointer}/{member}"
        );
    }
    // An identifier shortened by a prefix that one of its contexts defines.
    let shortened = json!({
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        ],
        "type": ["VerifiableCredential", "ClrCredential"],
        "credentialSubject": {"type": "ClrSubject", "achievement": {"id": "obi:Achievement"}},
    });
    let error = refusal(&shortened);
    assert_eq!(error.code(), "ld.ambiguous_alias");
    assert_eq!(error.pointer(), "/credentialSubject/achievement/id");
}

#[test]
fn what_json_ld_forbids_is_refused() {
    for (pointer, value) in [
        ("/id", json!(7)),
        ("/id", json!(["urn:x"])),
        ("/type", json!(7)),
        ("/type", json!(["VerifiableCredential", 7])),
        (
            "/name",
            json!({"@value": "x", "@language": "en", "@type": "urn:x"}),
        ),
        ("/name", json!({"@value": "x", "name": "y"})),
        ("/name", json!({"@value": 7, "@language": "en"})),
    ] {
        let mut document = badge();
        *document.pointer_mut(pointer).expect("a place") = value.clone();
        assert_eq!(refusal(&document).code(), "ld.syntax", "{pointer} {value}");
    }
    for document in [json!([]), json!("x"), json!(null), json!([badge()])] {
        assert_eq!(refusal(&document).code(), "ld.syntax");
    }
}

#[test]
fn too_much_of_anything_is_refused() {
    let mut many_contexts = badge();
    many_contexts["@context"] = vec![CONTEXTS[0]; 9].into();
    let mut deep = json!({"type": ["Profile"]});
    for _ in 0..70 {
        deep = json!({"type": ["Profile"], "parentOrg": deep});
    }
    let mut nested = badge();
    nested["credentialSubject"]["achievement"]["creator"] = deep;
    let mut deep = json!("A");
    for _ in 0..70 {
        deep = json!([deep]);
    }
    let mut lists = badge();
    lists["credentialSubject"]["achievement"]["resultDescription"][0]["allowedValue"] = deep;
    let mut many_statements = badge();
    many_statements["credentialSubject"]["achievement"]["tag"] =
        (0..10_001).map(|index| index.to_string()).collect();
    let mut many_nodes = badge();
    many_nodes["evidence"] = vec![json!({"type": "Evidence"}); 2_001].into();
    let mut long = badge();
    long["id"] = format!("urn:{}", "x".repeat(500_000)).into();
    long["description"] = (0..20).map(|index| index.to_string()).collect();
    for document in [
        many_contexts,
        nested,
        lists,
        many_statements,
        many_nodes,
        long,
    ] {
        assert_eq!(refusal(&document).code(), "ld.complexity");
    }
}

#[test]
fn the_memory_for_contexts_is_bounded_and_keeps_working() {
    let urls: Vec<&str> = schemas::contexts::all().iter().map(|c| c.url).collect();
    for first in &urls {
        for second in &urls {
            for third in &urls {
                let document = json!({
                    "@context": [first, second, third], "id": "urn:x", "type": "urn:y",
                });
                if let Err(error) = canonical(&document) {
                    let known = [
                        "ld.protected_term",
                        "ld.keyword_not_allowed",
                        "ld.data_loss",
                        "ld.context_not_allowed",
                    ];
                    assert!(known.contains(&error.code()), "{document} {error}");
                }
            }
        }
    }
    text(&badge());
}

/// The canonical N-Quads of a document with the embedded contexts.
fn canonical(document: &Value) -> Result<String, LdError> {
    let limits = LdLimits::default();
    let dataset = to_rdf(document, Contexts::embedded(), &limits)?;
    canonicalize(&dataset, HashAlgorithm::Sha256, &limits)
}

fn text(document: &Value) -> String {
    canonical(document).expect("statements")
}

fn refusal(document: &Value) -> LdError {
    match canonical(document) {
        Err(error) => error,
        Ok(text) => panic!("not refused: {document}\n{text}"),
    }
}

fn text_with(document: &Value, contexts: &Contexts) -> String {
    let limits = LdLimits::default();
    let dataset = to_rdf(document, contexts, &limits).expect("statements");
    canonicalize(&dataset, HashAlgorithm::Sha256, &limits).expect("within the limits")
}

/// N-Quads in canonical form, by our own canonicalisation.
fn canonical_quads(text: &str) -> String {
    canonicalize(
        &dataset(text).0,
        HashAlgorithm::Sha256,
        &LdLimits::default(),
    )
    .expect("within the limits")
}

fn collect_objects(value: &Value, pointer: String, objects: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_objects(item, format!("{pointer}/{index}"), objects);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                collect_objects(member, format!("{pointer}/{name}"), objects);
            }
            objects.push(pointer);
        }
        _ => {}
    }
}

const CONTEXTS: [&str; 2] = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
];

fn endorsement(id: &str, subject: Value) -> Value {
    json!({
        "@context": CONTEXTS,
        "id": id,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement",
        "issuer": {"id": "https://endorser.example", "type": ["Profile"]},
        "validFrom": "2026-05-02T00:00:00Z",
        "credentialSubject": subject,
    })
}

/// A badge with something of every kind.
pub fn badge() -> Value {
    json!({
        "@context": CONTEXTS,
        "id": "urn:uuid:badge",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Wait\u{1} \"Time\"\t\\ é",
        "description": [{"@value": "Attendre", "@language": "fr"}, {"@value": "Wait", "@language": "en"}],
        "issuer": {
            "id": "https://issuer.example",
            "type": ["Profile"],
            "name": "Issuer",
            "url": "https://issuer.example/",
            "address": {
                "type": ["Address"],
                "addressCountry": "CA",
                "geo": {"type": "GeoCoordinates", "latitude": 48.4, "longitude": -123.0},
            },
        },
        "awardedDate": "2026-05-01T00:00:00Z",
        "validFrom": "2026-05-02T00:00:00Z",
        "validUntil": "2029-05-02T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:ada",
            "type": ["AchievementSubject"],
            "activityStartDate": "2026-01-01T00:00:00Z",
            "creditsEarned": 3.5,
            "identifier": [
                {"type": "IdentityObject", "hashed": true, "identityHash": "sha256$x", "identityType": "emailAddress", "salt": "s"},
                {"type": "IdentityObject", "hashed": false, "identityHash": "ada", "identityType": "name"},
            ],
            "result": [{"type": ["Result"], "resultDescription": "urn:uuid:rd", "value": "A"}],
            "achievement": {
                "id": "urn:uuid:achievement",
                "type": ["Achievement"],
                "name": "Wait Time",
                "description": "Waits",
                "achievementType": "MicroCredential",
                "creditsAvailable": 36,
                "criteria": {"narrative": "Shows it"},
                "image": {"id": "https://issuer.example/i.png", "type": "Image", "caption": "i"},
                "tag": ["teaching", "questions", "2"],
                "alignment": [{"type": ["Alignment"], "targetName": "T", "targetUrl": "https://t.example", "targetType": "ceasn:Competency"}],
                "resultDescription": [{
                    "id": "urn:uuid:rd",
                    "type": ["ResultDescription"],
                    "name": "Grade",
                    "resultType": "LetterGrade",
                    "allowedValue": ["D", "C", "B", "A"],
                }],
                "creator": {"id": "https://issuer.example", "type": ["Profile"], "name": "Issuer"},
            },
        },
        "evidence": [{"id": "https://issuer.example/e", "type": ["Evidence"], "name": "Film", "audience": "all"}],
        "credentialStatus": {
            "id": "https://issuer.example/status/1#7",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "7",
            "statusListCredential": "https://issuer.example/status/1",
        },
    })
}
