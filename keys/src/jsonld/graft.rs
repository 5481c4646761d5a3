//! Statements about the credential or its subject that come from elsewhere in the document.
//!
//! Statements do not say which object of the JSON made them: a member may be moved from one object
//! to another with the same identifier, and the signature still holds. Most such objects are
//! harmless and common, and stay allowed: an issuer's profile repeated as `creator`, in full or in
//! part; a `result` naming its `resultDescription`; an achievement described again inside a CLR.
//! Two are not: somebody could move `credentialStatus` or `validUntil` off the credential, or
//! `result` off its subject, into an embedded endorsement of the same credential or person, where
//! nobody who reads the JSON looks for it. So:
//!
//! * A *scope* is the document, or an object in it of type VerifiableCredential. Its *principals*
//!   are that object and the values of its `credentialSubject`.
//! * An object in the same scope, or in a scope within it, that has the same identifier as a
//!   principal (in the same graph) may only repeat statements which the principal makes, or must
//!   have types of its own, none of them a type of the principal. Terms such as `credentialStatus`
//!   come with the type VerifiableCredential and are undefined without it, and spelling them out
//!   as IRIs is refused, so a stranger's type cannot carry them. This is how an endorsement speaks
//!   about the credential, and a CLR and the credentials in it about one person.
//! * Scopes beside each other are free: several credentials in a CLR say different things about
//!   one person, each under a proof of its own.
//! * A bare reference, without any statement, is free everywhere.

use crate::dataset::{Dataset, Term};

use super::LdError;

/// The type that opens a scope (Verifiable Credentials Data Model, both versions).
pub(super) const VERIFIABLE_CREDENTIAL: &str =
    "<https://www.w3.org/2018/credentials#VerifiableCredential>";

/// Which part an object plays in its scope.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Root,
    Subject,
    Other,
}

impl Role {
    /// The part of an object that is the value of a property.
    pub(super) fn of(predicate: &str) -> Role {
        match predicate {
            "<https://www.w3.org/2018/credentials#credentialSubject>" => Role::Subject,
            _ => Role::Other,
        }
    }
}

/// The objects of a document, and which of them made which statement.
#[derive(Default)]
pub(super) struct Occurrences {
    objects: Vec<Object>,
    /// For each statement in order, the object that made it.
    makers: Vec<u32>,
    /// For each scope, the one around it.
    scopes: Vec<Option<u32>>,
}

struct Object {
    name: Option<(Term, Term)>,
    scope: u32,
    is_principal: bool,
}

impl Occurrences {
    /// Notes an object and returns the scope it belongs to and its own number.
    pub(super) fn open(
        &mut self,
        subject: Term,
        graph: Term,
        is_named: bool,
        scope: u32,
        role: Role,
        is_credential: bool,
    ) -> (u32, u32) {
        let opens_scope = role == Role::Root || is_credential;
        let scope = if opens_scope {
            self.scopes.push((role != Role::Root).then_some(scope));
            self.scopes.len() as u32 - 1
        } else {
            scope
        };
        self.objects.push(Object {
            name: is_named.then_some((graph, subject)),
            scope,
            is_principal: opens_scope || role == Role::Subject,
        });
        (scope, self.objects.len() as u32 - 1)
    }

    /// Notes that an object made the next statement.
    pub(super) fn made(&mut self, object: u32) {
        self.makers.push(object);
    }

    /// Refuses what the rules above forbid.
    pub(super) fn check(&self, dataset: &Dataset, rdf_type: Term) -> Result<(), LdError> {
        let mut named: Vec<(Term, Term, u32)> = self
            .objects
            .iter()
            .enumerate()
            .filter_map(|(index, object)| {
                let (graph, subject) = object.name?;
                Some((graph, subject, index as u32))
            })
            .collect();
        named.sort_unstable();
        for same in named.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let objects: Vec<u32> = same.iter().map(|(_, _, index)| *index).collect();
            let has_principal = objects
                .iter()
                .any(|index| self.objects[*index as usize].is_principal);
            if objects.len() > 1 && has_principal {
                self.check_objects(dataset, rdf_type, &objects)?;
            }
        }
        Ok(())
    }

    /// Compares the objects that have one identifier.
    fn check_objects(
        &self,
        dataset: &Dataset,
        rdf_type: Term,
        objects: &[u32],
    ) -> Result<(), LdError> {
        let mut statements: Vec<Vec<(Term, Term)>> = vec![Vec::new(); objects.len()];
        let subject = self.objects[objects[0] as usize].name.map(|name| name.1);
        for (quad, maker) in dataset.quads().iter().zip(&self.makers) {
            // An object also makes the statements of the lists it holds.
            if let Ok(place) = objects.binary_search(maker)
                && Some(quad.subject) == subject
            {
                statements[place].push((quad.predicate, quad.object));
            }
        }
        for made in &mut statements {
            made.sort_unstable();
        }
        let mut comparisons = 0;
        for (principal, theirs) in objects.iter().zip(&statements) {
            let principal = &self.objects[*principal as usize];
            if !principal.is_principal {
                continue;
            }
            for (other, made) in objects.iter().zip(&statements) {
                comparisons += made.len() + 1;
                if comparisons > MOST_COMPARISONS {
                    return Err(LdError::complexity("objects with one identifier"));
                }
                let other = &self.objects[*other as usize];
                if self.is_within(other.scope, principal.scope)
                    && !repeats(theirs, made)
                    && !has_types_of_its_own(theirs, made, rdf_type)
                {
                    let name = subject.map(|term| dataset.text(term)).unwrap_or_default();
                    return Err(LdError::keyword(name));
                }
            }
        }
        Ok(())
    }

    fn is_within(&self, scope: u32, outer: u32) -> bool {
        let mut scope = Some(scope);
        while let Some(current) = scope {
            if current == outer {
                return true;
            }
            scope = self.scopes[current as usize];
        }
        false
    }
}

/// Whether every statement made is one of theirs.
fn repeats(theirs: &[(Term, Term)], made: &[(Term, Term)]) -> bool {
    made.iter()
        .all(|statement| theirs.binary_search(statement).is_ok())
}

/// Whether an object has types, and none of them theirs.
fn has_types_of_its_own(theirs: &[(Term, Term)], made: &[(Term, Term)], rdf_type: Term) -> bool {
    let mut types = made
        .iter()
        .filter(|(predicate, _)| *predicate == rdf_type)
        .peekable();
    types.peek().is_some() && types.all(|statement| theirs.binary_search(statement).is_err())
}

/// Enough for a transcript whose hundreds of results all name one person.
const MOST_COMPARISONS: usize = 1 << 20;
