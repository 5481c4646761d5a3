//! What reviewers send, as the domain has it, and back.

use super::bodies::{
    DeclineBody, DraftBody, DraftScoreBody, FinishBody, PinBody, ScoreBody, SpotBody, all,
};
use crate::review::{Doubt, Draft, DraftScore, Given, Outcome, Pin, Score, Spot};

impl From<FinishBody> for Given {
    fn from(body: FinishBody) -> Given {
        Given {
            version: body.version,
            outcome: Outcome::Scored(all(body.scores)),
            comment: body.comment,
            doubt: doubt(body.doubt),
        }
    }
}

impl From<DeclineBody> for Given {
    fn from(body: DeclineBody) -> Given {
        Given {
            version: body.version,
            outcome: Outcome::Declined(body.rationale),
            comment: None,
            doubt: Doubt::None,
        }
    }
}

impl From<DraftBody> for Draft {
    fn from(body: DraftBody) -> Draft {
        Draft {
            version: body.version,
            scores: all(body.scores),
            comment: body.comment,
            doubt: doubt(body.doubt),
        }
    }
}

impl From<Draft> for DraftBody {
    fn from(draft: Draft) -> DraftBody {
        DraftBody {
            version: draft.version,
            scores: all(draft.scores),
            comment: draft.comment,
            doubt: draft.doubt == Doubt::Felt,
        }
    }
}

impl From<DraftScoreBody> for DraftScore {
    fn from(body: DraftScoreBody) -> DraftScore {
        DraftScore {
            criterion: body.criterion,
            level: body.level,
            comment: body.comment,
            pins: all(body.pins),
        }
    }
}

impl From<DraftScore> for DraftScoreBody {
    fn from(score: DraftScore) -> DraftScoreBody {
        DraftScoreBody {
            criterion: score.criterion,
            level: score.level,
            comment: score.comment,
            pins: all(score.pins),
        }
    }
}

impl From<ScoreBody> for Score {
    fn from(body: ScoreBody) -> Score {
        Score {
            criterion: body.criterion,
            level: body.level,
            comment: body.comment,
            pins: all(body.pins),
        }
    }
}

impl From<Score> for ScoreBody {
    fn from(score: Score) -> ScoreBody {
        ScoreBody {
            criterion: score.criterion,
            level: score.level,
            comment: score.comment,
            pins: all(score.pins),
        }
    }
}

impl From<PinBody> for Pin {
    fn from(body: PinBody) -> Pin {
        Pin {
            evidence: body.evidence,
            at: match body.at {
                SpotBody::Second(second) => Spot::Second(second),
                SpotBody::Page(page) => Spot::Page(page),
            },
            comment: body.comment,
        }
    }
}

impl From<Pin> for PinBody {
    fn from(pin: Pin) -> PinBody {
        PinBody {
            evidence: pin.evidence,
            at: match pin.at {
                Spot::Second(second) => SpotBody::Second(second),
                Spot::Page(page) => SpotBody::Page(page),
            },
            comment: pin.comment,
        }
    }
}

fn doubt(is_felt: bool) -> Doubt {
    match is_felt {
        true => Doubt::Felt,
        false => Doubt::None,
    }
}
