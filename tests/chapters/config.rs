//! The configuration: what stands in the example, what is refused, and under which code.

use std::path::Path;

use issuer::config::{Config, ConfigError, IssuerIdentity, Mode, RawConfig};

fn example() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assay.example.toml");
    std::fs::read_to_string(path).expect("the example stands at the root of the repository")
}

fn environment(variables: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
    let owned: Vec<_> = variables
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .collect();
    owned.into_iter()
}

fn read(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    RawConfig::read(text, environment(variables))?.check()
}

#[test]
fn the_example_names_every_field_with_its_default() {
    let written: toml::Table = example().parse().expect("the example is TOML");
    let mut expected =
        toml::Table::try_from(RawConfig::default()).expect("the defaults can be written");
    // The two fields without a default.
    for field in ["public_url", "issuer_name"] {
        assert_eq!(
            expected[field].as_str(),
            Some(""),
            "{field} has a default after all"
        );
        expected[field] = written[field].clone();
    }
    assert_eq!(written, expected);
}

#[test]
fn the_example_is_a_good_configuration() {
    let config = read(&example(), &[]).expect("the example can be used");
    assert_eq!(config.mode, Mode::Production);
    assert_eq!(config.public_url.base(), "https://badges.example.org");
    assert_eq!(config.issuer.identity, IssuerIdentity::DidWeb);
}

#[test]
fn the_environment_outranks_the_file() {
    let variables = [
        ("ASSAY_PUBLIC_URL", "https://other.example"),
        ("ASSAY_MAX_CONNECTIONS", "7"),
        ("ASSAY_ISSUER_NAME", "2026"),
        ("ASSAY_RETENTION_EVIDENCE_MONTHS", "84"),
        ("PATH", "/usr/bin"),
    ];
    let config = read(&example(), &variables).expect("the environment can be used");
    assert_eq!(config.public_url.base(), "https://other.example");
    assert_eq!(config.limits.connections, 7);
    assert_eq!(config.issuer.name.as_str(), "2026");
    assert_eq!(config.retention.evidence_months, Some(84));
    assert_eq!(config.retention.evidence_notice_days, 60);
    for unknown in ["ASSAY_RETENTION", "ASSAY_RETENTION_BADGES"] {
        let refused = read(&example(), &[(unknown, "1")]).expect_err(unknown);
        assert!(refused.to_string().contains(unknown), "{refused}");
    }
}

/// Each option wrong once.
/// Forms: library.
#[test]
fn attack_o_05_a_wrong_option_is_refused_by_its_name() {
    let table = [
        ("mode", "ASSAY_MODE", "test"),
        ("public_url", "ASSAY_PUBLIC_URL", ""),
        ("public_url", "ASSAY_PUBLIC_URL", "badges.example.org"),
        (
            "public_url",
            "ASSAY_PUBLIC_URL",
            "http://badges.example.org",
        ),
        ("public_url", "ASSAY_PUBLIC_URL", "http://127.0.0.1:8080"),
        ("public_url", "ASSAY_PUBLIC_URL", "ftp://badges.example.org"),
        (
            "public_url",
            "ASSAY_PUBLIC_URL",
            "https://badges.example.org/path",
        ),
        (
            "public_url",
            "ASSAY_PUBLIC_URL",
            "https://badges.example.org/?q",
        ),
        (
            "public_url",
            "ASSAY_PUBLIC_URL",
            "https://user@badges.example.org",
        ),
        ("listen", "ASSAY_LISTEN", "8080"),
        ("folder", "ASSAY_FOLDER", " "),
        ("issuer_identity", "ASSAY_ISSUER_IDENTITY", "did:key"),
        ("issuer_identity", "ASSAY_ISSUER_IDENTITY", "did:ion"),
        ("issuer_name", "ASSAY_ISSUER_NAME", ""),
        ("issuer_email", "ASSAY_ISSUER_EMAIL", "nobody"),
        ("jwt_algorithm", "ASSAY_JWT_ALGORITHM", "HS256"),
        ("jwt_algorithm", "ASSAY_JWT_ALGORITHM", "EdDSA"),
        ("signing_key_file", "ASSAY_SIGNING_KEY_FILE", ""),
        ("jwt_key_file", "ASSAY_JWT_KEY_FILE", ""),
        ("log_key_file", "ASSAY_LOG_KEY_FILE", ""),
        ("max_connections", "ASSAY_MAX_CONNECTIONS", "0"),
        ("max_connections", "ASSAY_MAX_CONNECTIONS", "-1"),
        (
            "max_evidence_file_bytes",
            "ASSAY_MAX_EVIDENCE_FILE_BYTES",
            "26214401",
        ),
        ("max_upload_bytes", "ASSAY_MAX_UPLOAD_BYTES", "2147483649"),
        ("scanner", "ASSAY_SCANNER", "127.0.0.1:3310"),
        ("scanner", "ASSAY_SCANNER", "unix:clamd.ctl"),
        ("scanner_max_bytes", "ASSAY_SCANNER_MAX_BYTES", "0"),
        ("person_evidence_bytes", "ASSAY_PERSON_EVIDENCE_BYTES", "0"),
        (
            "organisation_evidence_bytes",
            "ASSAY_ORGANISATION_EVIDENCE_BYTES",
            "-1",
        ),
        ("smtp_server", "ASSAY_SMTP_SERVER", "mail.example.org"),
        (
            "smtp_server",
            "ASSAY_SMTP_SERVER",
            "user@mail.example.org:587",
        ),
        ("smtp_security", "ASSAY_SMTP_SECURITY", "ssl"),
        ("smtp_user", "ASSAY_SMTP_PASSWORD_FILE", "password"),
        ("smtp_password_file", "ASSAY_SMTP_USER", "assay"),
        ("smtp_ca_file", "ASSAY_SMTP_CA_FILE", "/nonexistent/ca.pem"),
        ("mail_from", "ASSAY_MAIL_FROM", "nobody"),
        ("mail_from", "ASSAY_SMTP_SERVER", "mail.example.org:587"),
        (
            "trusted_proxies",
            "ASSAY_TRUSTED_PROXIES",
            "proxy.example.org",
        ),
        ("log_filter", "ASSAY_LOG_FILTER", ""),
        ("log_format", "ASSAY_LOG_FORMAT", "xml"),
        (
            "retention.evidence_months",
            "ASSAY_RETENTION_EVIDENCE_MONTHS",
            "5",
        ),
        (
            "retention.unaccepted_evidence_months",
            "ASSAY_RETENTION_UNACCEPTED_EVIDENCE_MONTHS",
            "-1",
        ),
        (
            "retention.evidence_notice_days",
            "ASSAY_RETENTION_EVIDENCE_NOTICE_DAYS",
            "29",
        ),
        (
            "retention.award_report_months",
            "ASSAY_RETENTION_AWARD_REPORT_MONTHS",
            "1201",
        ),
        (
            "retention.audit_months",
            "ASSAY_RETENTION_AUDIT_MONTHS",
            "23",
        ),
        (
            "retention.webhook_delivery_days",
            "ASSAY_RETENTION_WEBHOOK_DELIVERY_DAYS",
            "0",
        ),
        (
            "retention.given_up_mail_days",
            "ASSAY_RETENTION_GIVEN_UP_MAIL_DAYS",
            "0",
        ),
    ];
    for (field, variable, value) in table {
        let error =
            read(&example(), &[(variable, value)]).expect_err(&format!("{variable}={value}"));
        assert_eq!(error.code(), "config.invalid");
        assert!(
            error.to_string().starts_with(field),
            "{variable}={value}: {error}"
        );
    }
}

/// Passwords and links would go over the network for all to read.
/// Forms: library.
#[test]
fn attack_o_05_mail_goes_unprotected_to_the_same_machine_alone() {
    let to = |server: &str, security: &str| {
        let variables = [
            ("ASSAY_SMTP_SERVER", server),
            ("ASSAY_SMTP_SECURITY", security),
            ("ASSAY_MAIL_FROM", "badges@example.org"),
        ];
        read(&example(), &variables)
    };
    for server in ["127.0.0.1:25", "[::1]:25", "localhost:25"] {
        let mail = to(server, "none")
            .expect(server)
            .mail
            .expect("a way for mail");
        assert_eq!(mail.port, 25);
    }
    let refused = to("mail.example.org:25", "none").expect_err("unprotected");
    assert!(
        refused.to_string().starts_with("smtp_security"),
        "{refused}"
    );
    let mail = to("mail.example.org:587", "starttls")
        .expect("protected")
        .mail;
    assert_eq!(mail.expect("a way for mail").host, "mail.example.org");
}

/// Forms: library.
#[test]
fn attack_o_05_an_unknown_option_is_refused() {
    let file =
        read(&format!("{}\ncolour = \"red\"", example()), &[]).expect_err("an unknown field");
    assert_eq!(file.code(), "config.invalid");
    assert!(file.to_string().contains("colour"), "{file}");

    let variable = read(&example(), &[("ASSAY_COLOUR", "red")]).expect_err("an unknown variable");
    assert_eq!(variable.code(), "config.invalid");
    assert!(variable.to_string().contains("ASSAY_COLOUR"), "{variable}");

    let number = read(&example(), &[("ASSAY_MAX_CONNECTIONS", "many")]).expect_err("no number");
    assert_eq!(number.code(), "config.invalid");

    let missing = Config::load(Some(Path::new("/nonexistent/assay.toml")), environment(&[]));
    assert_eq!(
        missing.expect_err("there is no such file").code(),
        "config.invalid"
    );
}

#[test]
fn development_allows_http_on_the_loopback_interface_and_no_further() {
    let developing = |url: &str| {
        read(
            &example(),
            &[("ASSAY_MODE", "development"), ("ASSAY_PUBLIC_URL", url)],
        )
    };
    for url in [
        "http://127.0.0.1:4000",
        "http://[::1]:4000",
        "http://localhost:4000",
        "https://a.example",
    ] {
        assert_eq!(developing(url).expect(url).public_url.base(), url);
    }
    for url in [
        "http://192.168.1.1",
        "http://badges.example.org",
        "http://127.0.0.1.example",
    ] {
        assert!(developing(url).is_err(), "{url}");
    }
}
