//! `GET /api/openapi.json`: the API as a document (OpenAPI 3.1), made of the route table.
//!
//! What the table cannot tell (what a route is for, what it takes and answers) is in `operations`, a line per route, and in `schemas`. A test
//! fails on a route without its line and on a line without its route; another compares real answers with their schemas.

mod operations;
mod parts;
mod schemas;

use std::{collections::BTreeMap, sync::OnceLock};

use serde_json::{Map, Value, json};
use warp::http::{StatusCode, header};

use self::operations::{Content, Operation};
use crate::{
    edge::{Access, Answer, Call, RouteInfo, respond},
    routes,
};

/// The document as it is sent, and its entity tag.
static DOCUMENT: OnceLock<(String, String)> = OnceLock::new();

pub(crate) async fn answer(call: Call) -> Answer {
    let (text, tag) = DOCUMENT.get_or_init(|| {
        let text = openapi();
        let tag = format!("{:016x}", crate::page::fingerprint(text.as_bytes()));
        (text, tag)
    });
    let mut response = if call.has_already(tag) {
        respond::empty(StatusCode::NOT_MODIFIED, &[])
    } else {
        respond::bytes(StatusCode::OK, "application/json", text.as_str())
    };
    respond::set(&mut response, header::ETAG, &format!("\"{tag}\""));
    respond::set(&mut response, header::CACHE_CONTROL, "no-cache");
    Ok(response)
}

/// The API as an OpenAPI 3.1 document in JSON, as `/api/openapi.json` serves it: for tools that have no server at hand.
///
/// ```
/// assert!(streamcore_http::openapi().starts_with("{\"components\":"));
/// ```
#[must_use]
pub fn openapi() -> String {
    document().to_string()
}

/// The whole document.
fn document() -> Value {
    let mut operations = operations::all();
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for route in routes::routes() {
        // A test makes sure that none is missing; at run time a route without its line is better left out than the whole document.
        if let Some(operation) = operations.remove(&(route.method.to_string(), route.template)) {
            let method = route.method.as_str().to_ascii_lowercase();
            paths.entry(route.template.to_owned()).or_default().insert(method, describe(&route, operation));
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Streamcore",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Continuous audio streams, each with a queue that several people edit",
            "description": parts::DESCRIPTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" }
        },
        "servers": [{ "url": "/" }],
        "tags": parts::tags(),
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "parameters": parts::parameters(),
            "headers": parts::headers(),
            "responses": parts::responses(),
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "The service token of this server." }
            }
        }
    })
}

/// One operation: what the route table says of it, and its line.
fn describe(route: &RouteInfo, operation: Operation) -> Value {
    let mut parameters: Vec<Value> = names(route.template).map(|name| parts::reference("parameters", name)).collect();
    parameters.extend(operation.query);
    if route.takes_key {
        parameters.push(parts::reference("parameters", "idempotency_key"));
    }
    if operation.edits_queue {
        parameters.push(parts::reference("parameters", "if_match"));
    }
    let mut responses = Map::new();
    let mut success = json!({ "description": operation.answers, "content": content(operation.content) });
    if operation.tagged {
        success["headers"] = json!({ "ETag": parts::reference("headers", "revision") });
    }
    responses.insert(operation.status.to_string(), success);
    if operation.cached {
        responses.insert("304".to_owned(), parts::reference("responses", "unchanged"));
    }
    if operation.edits_queue {
        responses.insert("412".to_owned(), parts::reference("responses", "revision_mismatch"));
    }
    if route.access == Access::Token {
        responses.insert("401".to_owned(), parts::reference("responses", "unauthorized"));
    }
    responses.insert("default".to_owned(), parts::reference("responses", "error"));
    let security = match route.access {
        Access::Token => json!([{ "token": [] }]),
        Access::Read if operation.tells_who => json!([{}, { "token": [] }]),
        Access::Scrape => json!([{}, { "token": [] }]),
        Access::Public | Access::Read => json!([]),
    };
    let mut described = json!({
        "operationId": operation_id(route),
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": parameters,
        "responses": responses,
        "security": security
    });
    if let Some(description) = operation.description {
        described["description"] = json!(description);
    }
    if let Some((required, body)) = operation.body {
        described["requestBody"] = json!({ "required": required, "content": content(body) });
    }
    described
}

fn content(content: Content) -> Value {
    match content {
        Content::Json(schema) => json!({ "application/json": { "schema": schema } }),
        Content::Other(types) => {
            let types = types.iter().map(|kind| ((*kind).to_owned(), json!({ "schema": { "type": "string" } })));
            Value::Object(types.collect())
        }
    }
}

/// The names in the braces of a template.
fn names(template: &'static str) -> impl Iterator<Item = &'static str> {
    template.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

/// A name for the operation that generated clients can use: `postQueueItemsBatch`.
fn operation_id(route: &RouteInfo) -> String {
    let words = route.template.split(['/', '{', '}', '.', '-']).filter(|word| !matches!(*word, "" | "api" | "v1"));
    let mut id = route.method.as_str().to_ascii_lowercase();
    for word in words {
        let mut letters = word.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.push_str(letters.as_str());
    }
    if id == "get" { "getPage".to_owned() } else { id }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Promise H11.
    #[test]
    fn every_route_has_its_line_and_every_line_its_route() {
        let routes: BTreeSet<_> =
            routes::routes().into_iter().map(|route| (route.method.to_string(), route.template)).collect();
        let lines: BTreeSet<_> = operations::all().into_keys().collect();
        assert_eq!(routes.difference(&lines).collect::<Vec<_>>(), Vec::<&_>::new(), "routes without a line");
        assert_eq!(lines.difference(&routes).collect::<Vec<_>>(), Vec::<&_>::new(), "lines without a route");
    }

    #[test]
    fn every_reference_leads_somewhere_and_nothing_is_left_over() {
        let document = document();
        let mut led_to = BTreeSet::new();
        follow(&document, &mut |target| {
            let pointer = target.strip_prefix('#').expect("a reference into this document");
            assert!(document.pointer(pointer).is_some(), "{target} leads nowhere");
            led_to.insert(target.to_owned());
        });
        for (kind, components) in document["components"].as_object().expect("components") {
            let names = components.as_object().expect("components by name").keys();
            for name in names.filter(|_| kind != "securitySchemes") {
                assert!(led_to.contains(&format!("#/components/{kind}/{name}")), "{kind}/{name} is not used");
            }
        }
    }

    fn follow(value: &Value, visit: &mut impl FnMut(&str)) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get("$ref") {
                    visit(target);
                }
                map.values().for_each(|value| follow(value, visit));
            }
            Value::Array(list) => list.iter().for_each(|value| follow(value, visit)),
            _ => {}
        }
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let ids: Vec<_> = routes::routes().iter().map(operation_id).collect();
        let different: BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), different.len(), "{ids:?}");
        assert!(ids.contains(&"postQueueStreamItemsBatch".to_owned()), "{ids:?}");
    }
}
