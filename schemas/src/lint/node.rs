//! The objects of a document, each with its class and its place.

use serde_json::{Map, Value};

use crate::finding::pointer_to;

/// The classes of the data model, as the place of an object tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeClass {
    AchievementCredential,
    EndorsementCredential,
    ClrCredential,
    AchievementSubject,
    EndorsementSubject,
    ClrSubject,
    Association,
    Achievement,
    Alignment,
    Criteria,
    ResultDescription,
    RubricCriterionLevel,
    Result,
    Related,
    Evidence,
    Image,
    Profile,
    Address,
    GeoCoordinates,
    IdentifierEntry,
    IdentityObject,
    CredentialSchema,
    CredentialStatus,
    RefreshService,
    TermsOfUse,
    Proof,
}

/// How often a part may occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cardinality {
    One,
    Set,
}

/// An object of a known class.
pub(super) struct Node<'a> {
    pub class: NodeClass,
    pub members: &'a Map<String, Value>,
    pub place: &'a Place<'a>,
}

/// A place in a document, from there back to its beginning.
pub(super) enum Place<'a> {
    Document,
    Member(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl<'a> Node<'a> {
    /// The string at a member, if it is one.
    pub fn text(&self, member: &str) -> Option<&'a str> {
        self.members.get(member)?.as_str()
    }

    /// The values at a member, whether it is an array, a single value or absent.
    pub fn items(&self, member: &str) -> &'a [Value] {
        one_or_many(self.members.get(member))
    }

    /// The JSON pointer of a member, or of the object itself where it lacks that member.
    pub fn at(&self, member: &str) -> String {
        let own = self.place.pointer();
        if self.members.contains_key(member) {
            pointer_to(&own, member)
        } else {
            own
        }
    }

    /// Whether it is a credential of any class.
    pub fn is_credential(&self) -> bool {
        matches!(
            self.class,
            NodeClass::AchievementCredential
                | NodeClass::EndorsementCredential
                | NodeClass::ClrCredential
        )
    }
}

impl Place<'_> {
    /// The place as a JSON pointer.
    pub fn pointer(&self) -> String {
        match self {
            Place::Document => String::new(),
            Place::Member(parent, member) => pointer_to(&parent.pointer(), member),
            Place::Item(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

/// The values of a set that may have been compacted to its only value.
pub(super) fn one_or_many(value: Option<&Value>) -> &[Value] {
    match value {
        None => &[],
        Some(Value::Array(items)) => items,
        Some(single) => std::slice::from_ref(single),
    }
}

/// Visits every value with the class that its place gives it, if any.
///
/// Goes as deep as the document, which its reader has bounded. Contexts are left out: they are
/// definitions, where null and empty values have a meaning of their own.
pub(super) fn walk(
    document: &Value,
    class: NodeClass,
    visit: &mut impl FnMut(&Value, Option<NodeClass>, &Place),
) {
    visit_value(document, Some(class), &Place::Document, visit);
}

fn visit_value(
    value: &Value,
    class: Option<NodeClass>,
    place: &Place,
    visit: &mut impl FnMut(&Value, Option<NodeClass>, &Place),
) {
    visit(value, class, place);
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit_value(item, class, &Place::Item(place, index), visit);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                if name == "@context" {
                    continue;
                }
                let part = class.and_then(|class| class.part(name));
                let class = part.map(|(class, _)| class);
                visit_value(member, class, &Place::Member(place, name), visit);
            }
        }
        _ => {}
    }
}

impl NodeClass {
    /// The class of the objects at a member, and how many there may be (Open Badges 3.0, data model).
    pub fn part(self, member: &str) -> Option<(NodeClass, Cardinality)> {
        use Cardinality::{One, Set};
        use NodeClass::*;

        Some(match (self, member) {
            (AchievementCredential, "credentialSubject") => (AchievementSubject, One),
            (EndorsementCredential, "credentialSubject") => (EndorsementSubject, One),
            (ClrCredential, "credentialSubject") => (ClrSubject, One),
            (AchievementCredential | ClrCredential | Achievement | Profile, "endorsement") => {
                (EndorsementCredential, Set)
            }
            (
                AchievementCredential | ClrCredential | AchievementSubject | Achievement | Profile,
                "image",
            ) => (Image, One),
            (AchievementCredential | EndorsementCredential | ClrCredential, _) => {
                return credential_part(member);
            }
            // The credentials in a record are documents of their own.
            (ClrSubject, "achievement") => (Achievement, Set),
            (ClrSubject, "association") => (Association, Set),
            (ClrSubject, "identifier") => (IdentityObject, Set),
            (AchievementSubject, "achievement") => (Achievement, One),
            (AchievementSubject, "identifier") => (IdentityObject, Set),
            (AchievementSubject, "result") => (Result, Set),
            (AchievementSubject, "source") => (Profile, One),
            (Achievement, "creator") => (Profile, One),
            (Achievement, "criteria") => (Criteria, One),
            (Achievement, "related") => (Related, Set),
            (Achievement, "resultDescription") => (ResultDescription, Set),
            (Achievement | ResultDescription | RubricCriterionLevel | Result, "alignment") => {
                (Alignment, Set)
            }
            (ResultDescription, "rubricCriterionLevel") => (RubricCriterionLevel, Set),
            (Achievement | Profile, "otherIdentifier") => (IdentifierEntry, Set),
            (Profile, "parentOrg") => (Profile, One),
            (Profile, "address") => (Address, One),
            (Address, "geo") => (GeoCoordinates, One),
            _ => return None,
        })
    }

    /// The term that its `type` must have; a credential needs a second one.
    pub fn term(self) -> Option<&'static str> {
        Some(match self {
            NodeClass::AchievementCredential
            | NodeClass::EndorsementCredential
            | NodeClass::ClrCredential => "VerifiableCredential",
            NodeClass::ClrSubject => "ClrSubject",
            NodeClass::Association => "Association",
            NodeClass::AchievementSubject => "AchievementSubject",
            NodeClass::EndorsementSubject => "EndorsementSubject",
            NodeClass::Achievement => "Achievement",
            NodeClass::Alignment => "Alignment",
            NodeClass::ResultDescription => "ResultDescription",
            NodeClass::RubricCriterionLevel => "RubricCriterionLevel",
            NodeClass::Result => "Result",
            NodeClass::Related => "Related",
            NodeClass::Evidence => "Evidence",
            NodeClass::Image => "Image",
            NodeClass::Profile => "Profile",
            NodeClass::Address => "Address",
            NodeClass::GeoCoordinates => "GeoCoordinates",
            NodeClass::IdentifierEntry => "IdentifierEntry",
            NodeClass::IdentityObject => "IdentityObject",
            // Criteria have no type; what hangs on a credential names a method, not a class.
            NodeClass::Criteria
            | NodeClass::CredentialSchema
            | NodeClass::CredentialStatus
            | NodeClass::RefreshService
            | NodeClass::TermsOfUse
            | NodeClass::Proof => return None,
        })
    }

    /// Whether its `type` is a set; that of the others is one term.
    pub fn has_a_set_of_types(self) -> bool {
        let single = matches!(
            self,
            NodeClass::Association
                | NodeClass::Image
                | NodeClass::GeoCoordinates
                | NodeClass::IdentifierEntry
                | NodeClass::IdentityObject
        );
        self.term().is_some() && !single
    }
}

fn credential_part(member: &str) -> Option<(NodeClass, Cardinality)> {
    Some(match member {
        "issuer" => (NodeClass::Profile, Cardinality::One),
        "evidence" => (NodeClass::Evidence, Cardinality::Set),
        "credentialSchema" => (NodeClass::CredentialSchema, Cardinality::Set),
        "credentialStatus" => (NodeClass::CredentialStatus, Cardinality::One),
        "refreshService" => (NodeClass::RefreshService, Cardinality::One),
        "termsOfUse" => (NodeClass::TermsOfUse, Cardinality::Set),
        "proof" => (NodeClass::Proof, Cardinality::Set),
        _ => return None,
    })
}
