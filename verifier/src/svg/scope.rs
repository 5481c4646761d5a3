//! Which prefixes stand for the namespaces that matter (Namespaces in XML 1.0).

use crate::bake::BakeStandard;

/// The namespace declarations that are in force, the innermost last.
#[derive(Default)]
pub(super) struct Scope(Vec<Declaration>);

struct Declaration {
    depth: usize,
    prefix: String,
    namespace: Namespace,
}

/// The namespaces that are told apart.
#[derive(Clone, Copy, PartialEq)]
enum Namespace {
    None,
    Svg,
    Baked(BakeStandard),
    Other,
}

impl Scope {
    /// Takes note of an attribute if it declares a namespace; false if there are too many.
    pub(super) fn declare(&mut self, depth: usize, attribute: &str, value: &str) -> bool {
        let prefix = match attribute.strip_prefix("xmlns") {
            Some("") => "",
            Some(rest) => match rest.strip_prefix(':') {
                Some(prefix) => prefix,
                None => return true,
            },
            None => return true,
        };
        if self.0.len() == MOST_DECLARATIONS {
            return false;
        }
        self.0.push(Declaration {
            depth,
            prefix: prefix.to_owned(),
            namespace: Namespace::of(value),
        });
        true
    }

    /// Forgets what the element at this depth declared.
    pub(super) fn leave(&mut self, depth: usize) {
        let outer = self.0.iter().take_while(|one| one.depth < depth).count();
        self.0.truncate(outer);
    }

    /// The standard whose namespace this prefix stands for.
    pub(super) fn standard(&self, prefix: &str) -> Option<BakeStandard> {
        match self.namespace(prefix) {
            Namespace::Baked(standard) => Some(standard),
            _ => None,
        }
    }

    /// Old programs left the namespace of SVG out.
    pub(super) fn is_svg_or_none(&self, prefix: &str) -> bool {
        matches!(self.namespace(prefix), Namespace::Svg | Namespace::None)
    }

    fn namespace(&self, prefix: &str) -> Namespace {
        let declared = self.0.iter().rfind(|one| one.prefix == prefix);
        match declared {
            Some(declaration) => declaration.namespace,
            None if prefix.is_empty() => Namespace::None,
            None => Namespace::Other,
        }
    }
}

impl Namespace {
    fn of(address: &str) -> Namespace {
        if address.is_empty() {
            return Namespace::None;
        }
        if address == "http://www.w3.org/2000/svg" {
            return Namespace::Svg;
        }
        let standard = BakeStandard::ALL
            .into_iter()
            .find(|standard| standard.namespace() == address);
        standard.map_or(Namespace::Other, Namespace::Baked)
    }
}

/// Design programs declare about ten; each is looked through for every element of interest.
const MOST_DECLARATIONS: usize = 256;
