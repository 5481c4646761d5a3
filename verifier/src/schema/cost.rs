//! What it costs to hold a document against a stranger's schema, found by walking both together and
//! judging nothing.
//!
//! A few lines of schema can ask for more comparisons than there is time for, or call themselves for
//! ever. The walk takes every way that an evaluation could take, and gives up when its fuel is gone.

use serde_json::Value;

/// Says why a schema is not evaluated against this document, if it is not.
pub(super) fn check(schema: &Value, document: &Value) -> Result<(), &'static str> {
    stays_within_itself(schema, true)?;
    let mut walk = Walk {
        root: schema,
        fuel: FUEL,
    };
    walk.visit(schema, document, 0)
}

/// References lead to places in the same document, by their path.
fn stays_within_itself(value: &Value, is_root: bool) -> Result<(), &'static str> {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    ("$ref", Value::String(target)) if !is_path(target) => {
                        return Err("it refers to another document");
                    }
                    ("$dynamicRef" | "$recursiveRef", Value::String(_)) => {
                        return Err("it has references that change with their place");
                    }
                    ("$id", Value::String(_)) if !is_root => {
                        return Err("it has schemas with an address of their own in it");
                    }
                    _ => stays_within_itself(member, false)?,
                }
            }
            Ok(())
        }
        Value::Array(items) => items
            .iter()
            .try_for_each(|item| stays_within_itself(item, false)),
        _ => Ok(()),
    }
}

fn is_path(target: &str) -> bool {
    target == "#" || target.starts_with("#/")
}

struct Walk<'a> {
    root: &'a Value,
    fuel: usize,
}

impl<'a> Walk<'a> {
    fn visit(
        &mut self,
        schema: &'a Value,
        document: &Value,
        depth: usize,
    ) -> Result<(), &'static str> {
        if depth > DEEPEST {
            return Err(TOO_COSTLY);
        }
        self.burn(1)?;
        let Some(members) = schema.as_object() else {
            return Ok(());
        };
        // What is unevaluated is found by evaluating everything beside it a second time.
        let again = ["unevaluatedProperties", "unevaluatedItems"]
            .iter()
            .any(|name| members.contains_key(*name));
        for (keyword, value) in members {
            self.keyword(keyword, value, document, depth + 1)?;
            if again {
                self.keyword(keyword, value, document, depth + 1)?;
            }
        }
        Ok(())
    }

    fn keyword(
        &mut self,
        keyword: &str,
        value: &'a Value,
        document: &Value,
        depth: usize,
    ) -> Result<(), &'static str> {
        match (keyword, value) {
            ("$ref", Value::String(target)) => {
                let target = target.trim_start_matches('#');
                let target = percent_decoded(target).ok_or(NOWHERE)?;
                let target = self.root.pointer(&target).ok_or(NOWHERE)?;
                self.visit(target, document, depth)
            }
            ("not" | "if" | "then" | "else", one) => self.visit(one, document, depth),
            ("allOf" | "anyOf" | "oneOf", Value::Array(all)) => all
                .iter()
                .try_for_each(|one| self.visit(one, document, depth)),
            ("dependentSchemas" | "dependencies", Value::Object(all)) => all
                .values()
                .try_for_each(|one| self.visit(one, document, depth)),
            ("properties", Value::Object(all)) => {
                for (name, one) in all {
                    if let Some(child) = document.get(name) {
                        self.visit(one, child, depth)?;
                    }
                }
                self.burn(all.len() / 8)
            }
            ("patternProperties", Value::Object(all)) => all
                .values()
                .try_for_each(|one| self.children(one, document, depth)),
            ("items", Value::Array(all)) | ("prefixItems", Value::Array(all)) => all
                .iter()
                .try_for_each(|one| self.children(one, document, depth)),
            (
                "items"
                | "additionalItems"
                | "unevaluatedItems"
                | "contains"
                | "additionalProperties"
                | "unevaluatedProperties"
                | "propertyNames",
                one,
            ) => self.children(one, document, depth),
            ("pattern", _) => self.burn(document.as_str().map_or(0, str::len) / 8),
            ("enum" | "const" | "required" | "uniqueItems", value) => {
                self.burn(size(value) + size(document) / 8)
            }
            _ => Ok(()),
        }
    }

    fn children(
        &mut self,
        schema: &'a Value,
        document: &Value,
        depth: usize,
    ) -> Result<(), &'static str> {
        match document {
            Value::Object(members) => members.iter().try_for_each(|(name, child)| {
                self.burn(name.len() / 8)?;
                self.visit(schema, child, depth)
            }),
            Value::Array(items) => items
                .iter()
                .try_for_each(|child| self.visit(schema, child, depth)),
            _ => Ok(()),
        }
    }

    fn burn(&mut self, amount: usize) -> Result<(), &'static str> {
        self.fuel = self.fuel.checked_sub(amount).ok_or(TOO_COSTLY)?;
        Ok(())
    }
}

/// How many values there are to compare.
fn size(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::String(text) => 1 + text.len() / 64,
        _ => 1,
    }
}

/// A JSON pointer as it stands in the fragment of an address (RFC 6901, section 6).
fn percent_decoded(fragment: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, after @ ..] = rest else {
            return None;
        };
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        bytes.push((digit(high)? * 16 + digit(low)?) as u8);
        rest = after;
    }
    String::from_utf8(bytes).ok()
}

const TOO_COSTLY: &str = "it would take too long to evaluate";
const NOWHERE: &str = "it refers to a place that it does not have";

/// Steps of one evaluation. A large badge against the standard's own schema takes about 20 000, and
/// this many take well below a tenth of a second.
const FUEL: usize = 200_000;

/// Schemas within schemas: deeper than any badge, and shallow enough for the smallest stack.
const DEEPEST: usize = 160;
