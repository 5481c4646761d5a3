//! Baked SVG pictures, good and bad.

use super::*;

pub fn add(files: &mut Files) {
    good(files);
    ambiguous(files);
    refused_xml(files);
}

/// A drawing with this put in after its start tag, under these declarations.
pub fn drawing(declarations: &str, content: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" {declarations} viewBox=\"0 0 9 9\">{content}<circle cx=\"4\" cy=\"4\" r=\"4\"/></svg>\n"
    )
}

/// The declaration of the prefix as the standard writes it.
pub const DECLARED: &str = "xmlns:openbadges=\"https://purl.imsglobal.org/ob/v3p0\"";

/// The element with a token, as the standard writes it.
pub fn with_token(token: &str) -> String {
    format!("<openbadges:credential verify=\"{token}\"></openbadges:credential>")
}

/// The element with JSON, as the standard writes it.
pub fn with_json(json: &str) -> String {
    format!("<openbadges:credential><![CDATA[{json}]]></openbadges:credential>")
}

fn one() -> String {
    pretty(&school_badge("/name", Value::from("Wait Time")))
}

fn other() -> String {
    pretty(&school_badge("/name", Value::from("Idea Generating")))
}

fn good(files: &mut Files) {
    let mut svg = |name: &str, text: String| {
        files.bytes(&format!("presented/verified/{name}.svg"), text);
    };
    let token = school_token();
    svg("baked-token", drawing(DECLARED, &with_token(&token)));
    svg("baked-json", drawing(DECLARED, &with_json(&one())));
    svg("baked-another-prefix", {
        let element = with_token(&token).replace("openbadges:", "b:");
        drawing(&DECLARED.replace("openbadges", "b"), &element)
    });
    svg("baked-without-prefix", {
        let element = format!(
            "<credential xmlns=\"https://purl.imsglobal.org/ob/v3p0\" verify=\"{token}\"/>"
        );
        drawing("", &element)
    });
    svg("baked-in-a-group", {
        let group = format!("<metadata><g>{}</g></metadata>", with_token(&token));
        drawing(DECLARED, &group)
    });
    svg("baked-escaped", {
        let escaped = one()
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&#x22;");
        let element = format!("<openbadges:credential>{escaped}</openbadges:credential>");
        drawing(DECLARED, &element)
    });
    svg("baked-with-declaration-and-comments", {
        let element = with_json(&one());
        let drawing = drawing(DECLARED, &format!("<!-- a badge -->{element}<?pi?>"));
        format!(
            "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- drawn -->{drawing}<!-- end -->\n"
        )
    });
    svg("baked-twice-alike", {
        drawing(DECLARED, &with_token(&token).repeat(2))
    });
    // Made by PyPI openbadgeslib 4.6.3 from the badge and the token of `did-key`.
    for (name, text) in [
        ("token", include_str!("peers/openbadgeslib-token.svg")),
        ("json", include_str!("peers/openbadgeslib-json.svg")),
    ] {
        svg(&format!("baked-by-openbadgeslib-{name}"), text.to_owned());
    }
    // A section that JSON would end is written as two.
    svg("baked-in-two-sections", {
        let json = one().replace("Wait Time", "Wait ]]> Time");
        let badge = school_badge("/name", Value::from("Wait ]]> Time"));
        assert!(json.contains("]]>"));
        drawing(
            DECLARED,
            &with_json(&pretty(&badge).replace("]]>", "]]]]><![CDATA[>")),
        )
    });
}

fn ambiguous(files: &mut Files) {
    let mut svg = |code: &str, name: &str, text: String| {
        files.bytes(&refused(code, &format!("{name}.svg")), text);
    };
    let (token, one) = (school_token(), one());
    svg("bake.ambiguous", "two-elements", {
        drawing(DECLARED, &(with_json(&one) + &with_json(&other())))
    });
    svg("bake.ambiguous", "attribute-and-content", {
        let element = format!(
            "<openbadges:credential verify=\"{token}\"><![CDATA[{one}]]></openbadges:credential>"
        );
        drawing(DECLARED, &element)
    });
    svg("bake.ambiguous", "two-standards", {
        let declared = format!("{DECLARED} xmlns:old=\"http://openbadges.org\"");
        let older = "<old:assertion verify=\"https://badges.example/assertions/1\"/>";
        drawing(&declared, &(older.to_owned() + &with_token(&token)))
    });
    svg("bake.ambiguous", "nine-elements", {
        drawing(DECLARED, &with_token(&token).repeat(9))
    });
    for (name, between) in [
        ("comment-inside", "<!-- -->"),
        ("instruction-inside", "<?x y?>"),
        ("element-inside", "<g/>"),
        ("text-beside-the-section", "]]> also <![CDATA["),
    ] {
        let between = match between.starts_with("]]>") {
            true => between.to_owned(),
            false => format!("]]>{between}<![CDATA["),
        };
        let json = one.replacen("Wait Time", &format!("Wait{between} Time"), 1);
        svg("bake.encoding", name, drawing(DECLARED, &with_json(&json)));
    }
    svg("bake.encoding", "one-inside-the-other", {
        let inner = with_token(&token);
        let outer = format!("<openbadges:credential>{inner}</openbadges:credential>");
        drawing(DECLARED, &outer)
    });
    svg("bake.encoding", "empty-element", {
        drawing(DECLARED, "<openbadges:credential/>")
    });
    svg("bake.missing", "nothing-baked", drawing("", ""));
    svg("bake.missing", "another-namespace", {
        let declared = DECLARED.replace("v3p0", "v4p0");
        drawing(&declared, &with_token(&token))
    });
    svg("bake.missing", "undeclared-prefix", {
        drawing("", &with_token(&token))
    });
    svg("bake.missing", "declared-elsewhere", {
        let group = format!("<g {DECLARED}/>{}", with_token(&token));
        drawing("", &group)
    });
    svg("bake.missing", "in-a-comment", {
        drawing(DECLARED, &format!("<!-- {} -->", with_token(&token)))
    });
    svg("bake.missing", "in-a-section", {
        let section = format!("<desc><![CDATA[{}]]></desc>", with_token(&token));
        drawing(DECLARED, &section)
    });
    svg("signature.invalid", "baked-edited", {
        drawing(
            DECLARED,
            &with_json(&one.replacen("Wait Time", "Wait Times", 1)),
        )
    });
    svg("signature.invalid", "baked-token-edited", {
        let (input, signature) = token.rsplit_once('.').expect("three parts");
        let (head, payload) = input.split_once('.').expect("two parts");
        let payload = URL_SAFE_NO_PAD.decode(payload).expect("base64url");
        let payload = String::from_utf8(payload).expect("JSON");
        let edited = URL_SAFE_NO_PAD.encode(payload.replacen("Wait Time", "Wait Times", 1));
        drawing(
            DECLARED,
            &with_token(&format!("{head}.{edited}.{signature}")),
        )
    });
}

fn refused_xml(files: &mut Files) {
    let mut svg = |code: &str, name: &str, text: Vec<u8>| {
        files.bytes(&refused(code, &format!("{name}.svg")), text);
    };
    let good = drawing(DECLARED, &with_token(&school_token()));
    let before = |text: &str| format!("{text}{good}").into_bytes();
    for (name, dtd) in [
        ("plain", "<!DOCTYPE svg>"),
        (
            "public",
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">",
        ),
        ("external", "<!DOCTYPE svg SYSTEM \"file:///etc/passwd\">"),
        (
            "entity",
            "<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
        ),
        (
            "billion-laughs",
            "<!DOCTYPE svg [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]>",
        ),
        (
            "parameter-entity",
            "<!DOCTYPE svg [<!ENTITY % p SYSTEM \"http://evil.example/p.dtd\">%p;]>",
        ),
        (
            "declared-attribute",
            "<!DOCTYPE svg [<!ATTLIST circle xmlns CDATA \"https://purl.imsglobal.org/ob/v3p0\">]>",
        ),
    ] {
        svg("svg.dtd_not_allowed", name, before(dtd));
    }
    svg("bake.encoding", "declared-latin", {
        before("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>")
    });
    svg("bake.encoding", "not-utf-8", {
        let desc = [&b"<desc>Zo\xeb</desc>"[..], b"</svg>\n"].concat();
        let at = good.find("</svg>").expect("an end");
        [&good.as_bytes()[..at], &desc].concat()
    });
    let malformed = [
        ("version-1.1", before("<?xml version=\"1.1\"?>")),
        ("two-roots", good.repeat(2).into_bytes()),
        ("text-after-the-end", format!("{good}{{}}").into_bytes()),
        (
            "declaration-inside",
            good.replace("<circle", "<?xml version=\"1.0\"?><circle")
                .into_bytes(),
        ),
        (
            "unknown-entity",
            good.replace("<circle", "<desc>&copy;</desc><circle")
                .into_bytes(),
        ),
        (
            "entity-in-an-attribute",
            good.replace("cx=\"4\"", "cx=\"&four;\"").into_bytes(),
        ),
        (
            "crossed-tags",
            good.replace("<circle", "<g><a></g></a><circle")
                .into_bytes(),
        ),
        (
            "attribute-twice",
            good.replace("cy=\"4\"", "cx=\"4\"").into_bytes(),
        ),
        ("cut-off", good.as_bytes()[..good.len() - 8].to_vec()),
        (
            "deep",
            good.replace(
                "<circle",
                &format!("{}{}<circle", "<g>".repeat(256), "</g>".repeat(256)),
            )
            .into_bytes(),
        ),
        ("many-attributes", {
            let many: String = (0..257).map(|n| format!(" a{n}=\"\"")).collect();
            good.replace("<circle", &format!("<circle{many}"))
                .into_bytes()
        }),
        ("many-namespaces", {
            let many: String = (0..255).map(|n| format!(" xmlns:n{n}=\"n\"")).collect();
            good.replace("<circle", &format!("<g{many}/><circle"))
                .into_bytes()
        }),
    ];
    for (name, text) in malformed {
        svg("bake.malformed", name, text);
    }
    svg("input.unsupported", "mathematics", {
        b"<math xmlns=\"http://www.w3.org/1998/Math/MathML\"/>".to_vec()
    });
    svg("input.unsupported", "web-page-in-svg-clothes", {
        before("<!doctype HTML>")
    });
}
