//! Where in a document its blank nodes come from. Blank nodes have no names that could be compared, so the same node is
//! found again in a part of the document by the place in the JSON that stands for it.

use serde_json::{Map, Value};

/// What stands for a blank node. It means nothing to another document, nor after the document was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Origin {
    /// An object without an identifier.
    Node(Location),
    /// An object in a graph of its own, as that graph.
    Graph(Location),
    /// A member of a list.
    Cell(Location, usize),
}

/// An object or a list of a document, told from others by where it lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Location(usize);

impl Location {
    pub(crate) fn of_object(members: &Map<String, Value>) -> Location {
        Location(std::ptr::from_ref(members).addr())
    }

    pub(crate) fn of_list(list: &Value) -> Location {
        Location(std::ptr::from_ref(list).addr())
    }
}

impl Origin {
    /// The same part of whatever the location was copied from.
    pub(crate) fn moved(self, source: impl Fn(Location) -> Option<Location>) -> Option<Origin> {
        Some(match self {
            Origin::Node(location) => Origin::Node(source(location)?),
            Origin::Graph(location) => Origin::Graph(source(location)?),
            Origin::Cell(location, index) => Origin::Cell(source(location)?, index),
        })
    }
}
