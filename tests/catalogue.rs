//! The micro-credential that the chapters earn.

use issuer::id::MicroCredentialId;
use issuer::micro_credential::{Content, EvidenceKind, EvidenceRequirement};
use issuer::rubric::{Criterion, Level, Rubric};

/// The micro-credential of the chapters.
pub fn wait_time() -> MicroCredentialId {
    "wait-time".parse().expect("a slug")
}

/// What the micro-credential of the chapters says.
pub fn content() -> Content {
    Content {
        competencies: vec![
            "The educator waits before taking an answer."
                .parse()
                .expect("a line"),
        ],
        criteria: Some(
            "A lesson shows it, and a reflection says what it changed."
                .parse()
                .expect("a text"),
        ),
        evidence_requirements: vec![
            requirement(
                "lesson",
                "A lesson",
                &[EvidenceKind::File, EvidenceKind::Link],
            ),
            requirement("reflection", "A reflection", &[EvidenceKind::Text]),
        ],
        rubric: Rubric::new(vec![
            criterion("waiting", "Waiting"),
            criterion("listening", "Listening"),
        ])
        .expect("a good rubric"),
        tags: vec!["questioning".parse().expect("a tag")],
        ..Content::new(
            "Wait Time".parse().expect("a title"),
            "Silence after a question gives everybody time to think."
                .parse()
                .expect("a text"),
        )
    }
}

fn requirement(id: &str, name: &str, accepts: &[EvidenceKind]) -> EvidenceRequirement {
    EvidenceRequirement::new(
        id.parse().expect("a slug"),
        name.parse().expect("a name"),
        accepts.iter().copied(),
    )
}

/// A criterion with three levels, the second of which is required.
pub fn criterion(id: &str, name: &str) -> Criterion {
    let levels = [
        ("absent", "Absent", 0),
        ("consistent", "Consistent", 2),
        ("exemplary", "Exemplary", 3),
    ];
    let level = |(id, name, points): (&str, &str, u32)| Level {
        id: id.parse().expect("a slug"),
        name: name.parse().expect("a name"),
        description: None,
        points,
    };
    Criterion {
        id: id.parse().expect("a slug"),
        name: name.parse().expect("a name"),
        description: None,
        levels: levels.map(level).into(),
        required_level: "consistent".parse().expect("a slug"),
    }
}
