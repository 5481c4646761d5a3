//! What the route table and the table of rights add to what a handler says of itself.

use axum::http::Method;
use serde_json::{Value, json};

use super::problems;
use crate::http::route::Route;
use crate::rights::Rule;

/// An operation with its name, who may do it, the values in its path, and the ways in which it fails.
pub fn tell(route: &Route, chapter: &str, said: &Value) -> Value {
    let rule = route.action.rule();
    let mut told = said.clone();
    let function = said["operationId"].as_str().unwrap_or_default();
    told["operationId"] = json!(format!(
        "{}.{function}",
        chapter.to_lowercase().replace(' ', "_")
    ));
    told["tags"] = json!([chapter]);
    told["security"] = security(&rule);
    told["x-who-may"] = rule.who.iter().map(ToString::to_string).collect();
    let mut parameters: Vec<Value> = path_values(route).map(parameter).collect();
    parameters.extend(said["parameters"].as_array().into_iter().flatten().cloned());
    parameters.extend(conditions(route, &rule));
    if !parameters.is_empty() {
        told["parameters"] = json!(parameters);
    }
    for (status, answer) in problems::of(route, &parameters, said) {
        let entry = &mut told["responses"][status.to_string()];
        if entry.is_null() {
            *entry = answer;
        }
    }
    if route.method == Method::GET {
        told["responses"]["304"] =
            json!({ "description": "It has not changed since the caller read it." });
    }
    if let Some(answers) = told["responses"].as_object_mut() {
        for (status, answer) in answers {
            complete(route, status, answer);
        }
    }
    told
}

fn security(rule: &Rule) -> Value {
    let token = json!({ "token": [rule.scope.to_string()] });
    match rule.is_open() {
        true => json!([{}, token]),
        false => json!([token]),
    }
}

/// The names of the values in a path.
fn path_values(route: &Route) -> impl Iterator<Item = &str> {
    route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn parameter(name: &str) -> Value {
    let (shape, description) = match name {
        "organisation" => ("OrganisationId", "The name of an organisation."),
        "micro_credential" => ("MicroCredentialId", "The name of a micro-credential."),
        "name" => ("MicroCredentialId", "The name it gets, or has."),
        "cohort" => ("CohortId", "A cohort."),
        "post" => ("PostId", "A post, or a reply."),
        "help" => ("HelpId", "A request for help."),
        "participant" | "person" | "member" | "requester" => ("PersonId", "A person."),
        "submission" => ("SubmissionId", "A submission."),
        "upload" => ("UploadId", "A file on its way in."),
        "draft" => ("SubmissionId", "The submission whose draft is shown."),
        "piece" => ("EvidenceId", "A piece of evidence of the draft."),
        "evidence" => ("EvidenceId", "A piece of evidence."),
        "topic" => ("TopicId", "A topic."),
        "badge" => ("BadgeId", "A badge."),
        "bulk" => ("BulkId", "A change of many badges."),
        "session" => ("SessionId", "A session."),
        "token" => ("TokenId", "A token, by the name it has in lists."),
        "email" => ("", "An e-mail address."),
        "webhook" => ("WebhookId", "A webhook."),
        "delivery" => ("DeliveryId", "What a webhook was told, or is to be."),
        "endorsement" => ("EndorsementId", "An endorsement."),
        "invitation" | "appointment" => ("InvitationId", "An invitation."),
        "requirement" => ("RequirementId", "The name of an evidence requirement."),
        "colleague" => ("ColleagueId", "Somebody who was asked to look at a draft."),
        "entry" => ("LearningId", "An entry in a learning log."),
        "version" | "revision" => ("Number", "A number, from 1 on."),
        _ => ("", "A value of the path."),
    };
    let schema = match shape {
        "" => json!({ "type": "string" }),
        "OrganisationId" | "MicroCredentialId" | "TopicId" | "RequirementId" => {
            super::texts::slug()
        }
        "Number" => json!({ "type": "integer", "minimum": 1, "maximum": u32::MAX }),
        _ => super::texts::random_id(),
    };
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema })
}

/// The headers that make a request conditional, or safe to repeat.
fn conditions(route: &Route, rule: &Rule) -> Vec<Value> {
    let header = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "header", "required": false, "description": description, "schema": schema });
    let text = |longest: u32| json!({ "type": "string", "minLength": 1, "maxLength": longest });
    match route.method {
        Method::GET => vec![header(
            "If-None-Match",
            "The `ETag` of what the caller has; if it is still so, the answer is 304.",
            text(1_000),
        )],
        Method::POST if !rule.is_open() => vec![header(
            "Idempotency-Key",
            "A name for this request: however often it is sent under it, it is done once.",
            json!({ "type": "string", "pattern": "^[!-~]{1,255}$" }),
        )],
        _ if route.minds_tags() => vec![header(
            "If-Match",
            "The `ETag` of what the caller read; if it has changed since, the answer is 412.",
            text(1_000),
        )],
        _ => Vec::new(),
    }
}

/// What the standard wants of every answer and the handler left out.
fn complete(_route: &Route, status: &str, answer: &mut Value) {
    if answer["description"].as_str().is_none_or(str::is_empty) {
        let words = match status {
            "200" => "It is so.",
            "201" => "It was made.",
            "202" => "It will be done.",
            "204" => "It was done.",
            _ => "The answer.",
        };
        answer["description"] = json!(words);
    }
}
