//! Rules for documents.
//!
//! A document may be valid and still be a bad contract: an operation without a name gives no
//! function, two error shapes on one operation cannot be told apart by a typed client. Each rule
//! says what is wrong, where, and what to do.

use std::collections::HashSet;
use std::fmt;

use crate::emit::document::{Version, convert};
use crate::model::{Kind, Location, Model, Operation, Schema, names, shown};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Warning,
    /// Clients come out wrong, or not at all.
    Error,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Name of the rule.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// JSON pointer into the document.
    pub pointer: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(
            f,
            "{}: {severity}: {} [{}]",
            shown(&self.pointer),
            self.message,
            self.rule
        )
    }
}

/// All findings, in the document's order.
pub fn lint(model: &Model) -> Vec<Finding> {
    let mut findings = Vec::new();
    for note in &model.notes {
        findings.push(Finding {
            rule: "unread",
            severity: Severity::Warning,
            pointer: note.pointer.clone(),
            message: note.message.clone(),
        });
    }
    let mut ids = HashSet::new();
    let mut functions = HashSet::new();
    for operation in &model.operations {
        let mut found = Found {
            operation,
            findings: &mut findings,
        };
        found.naming(&mut ids, &mut functions);
        found.description();
        found.parameters();
        found.responses();
        found.security(model);
    }
    unused_schemas(model, &mut findings);
    swagger2(model, &mut findings);
    findings
}

struct Found<'a> {
    operation: &'a Operation,
    findings: &'a mut Vec<Finding>,
}

impl Found<'_> {
    fn add(&mut self, rule: &'static str, severity: Severity, message: String) {
        let pointer = self.operation.pointer.clone();
        self.findings.push(Finding {
            rule,
            severity,
            pointer,
            message,
        });
    }

    fn naming(&mut self, ids: &mut HashSet<String>, functions: &mut HashSet<String>) {
        let operation = self.operation;
        if operation.id_made {
            self.add(
                "operation-id",
                Severity::Error,
                format!(
                    "there is no operationId; the function would be called `{}`",
                    operation.rust
                ),
            );
        } else if !ids.insert(operation.id.clone()) {
            self.add(
                "operation-id",
                Severity::Error,
                format!(
                    "the operationId `{}` is taken; give each operation its own",
                    operation.id
                ),
            );
        } else if !functions.insert(names::rust_function(&operation.id)) {
            self.add(
                "operation-id",
                Severity::Error,
                format!(
                    "the operationId `{}` makes the same function name as another",
                    operation.id
                ),
            );
        }
        if operation.tags.len() != 1 {
            self.add(
                "one-tag",
                Severity::Warning,
                "an operation should have one tag, which becomes its class".to_owned(),
            );
        }
    }

    fn description(&mut self) {
        if self.operation.summary.is_none() {
            self.add(
                "summary",
                Severity::Warning,
                "there is no summary".to_owned(),
            );
        }
    }

    fn parameters(&mut self) {
        let operation = self.operation;
        let has = |place: Location| operation.parameters.iter().any(|p| p.location == place);
        if has(Location::Body) && has(Location::Form) {
            self.add(
                "one-body",
                Severity::Error,
                "an operation cannot have a body and form fields at once".to_owned(),
            );
        }
        if operation
            .parameters
            .iter()
            .filter(|p| p.location == Location::Body)
            .count()
            > 1
        {
            self.add(
                "one-body",
                Severity::Error,
                "there is more than one body".to_owned(),
            );
        }
        let in_path: Vec<&str> = operation
            .path
            .split('{')
            .skip(1)
            .filter_map(|piece| piece.split_once('}'))
            .map(|(name, _)| name)
            .collect();
        for parameter in operation
            .parameters
            .iter()
            .filter(|p| p.location == Location::Path)
        {
            if !in_path.contains(&parameter.name.as_str()) {
                self.add(
                    "path-parameters",
                    Severity::Error,
                    format!("the path has no `{{{}}}`", parameter.name),
                );
            }
        }
        for name in in_path {
            if !operation
                .parameters
                .iter()
                .any(|p| p.location == Location::Path && p.name == name)
            {
                self.add(
                    "path-parameters",
                    Severity::Error,
                    format!("`{{{name}}}` of the path is not described"),
                );
            }
        }
    }

    fn responses(&mut self) {
        let operation = self.operation;
        let shapes = |first: &[char]| {
            let mut shapes: Vec<Option<&Schema>> = Vec::new();
            for (status, response) in &operation.responses {
                let shape = response.schema();
                if status.starts_with(first) && !shapes.contains(&shape) {
                    shapes.push(shape);
                }
            }
            shapes.len()
        };
        if operation.responses.is_empty() {
            self.add(
                "responses",
                Severity::Error,
                "no answer is described".to_owned(),
            );
        }
        if shapes(&['2']) > 1 {
            self.add(
                "one-success",
                Severity::Warning,
                "successes have several shapes; a typed client sees any JSON".to_owned(),
            );
        }
        if shapes(&['4', '5']) > 1 {
            self.add(
                "one-failure",
                Severity::Warning,
                "refusals have several shapes; a typed client sees any JSON".to_owned(),
            );
        }
    }

    fn security(&mut self, model: &Model) {
        for requirement in &self.operation.security {
            for name in requirement.keys() {
                if !model.security_schemes.contains_key(name) {
                    self.add(
                        "security",
                        Severity::Error,
                        format!("there is no security scheme `{name}`"),
                    );
                }
            }
        }
    }
}

fn unused_schemas(model: &Model, findings: &mut Vec<Finding>) {
    let mut used: HashSet<&str> = HashSet::new();
    let mut open: Vec<&Schema> = Vec::new();
    for operation in &model.operations {
        open.extend(operation.parameters.iter().map(|p| &p.schema));
        let body = operation.body.iter().flat_map(|b| b.content.values());
        let responses = operation.responses.values();
        open.extend(body.filter_map(|m| m.schema.as_ref()));
        open.extend(
            responses
                .clone()
                .flat_map(|r| r.content.values())
                .filter_map(|m| m.schema.as_ref()),
        );
        open.extend(
            responses
                .flat_map(|r| r.headers.values())
                .map(|h| &h.schema),
        );
    }
    while let Some(schema) = open.pop() {
        let mut names: Vec<&str> = schema
            .discriminator_mapping
            .values()
            .map(String::as_str)
            .collect();
        if let Kind::Ref { name } = &schema.kind {
            names.push(name);
        }
        for name in names {
            if used.insert(name)
                && let Some(entry) = model.schemas.get(name)
            {
                open.push(&entry.schema);
            }
        }
        open.extend(schema.children());
    }
    for name in model
        .schemas
        .keys()
        .filter(|name| !used.contains(name.as_str()))
    {
        findings.push(Finding {
            rule: "unused-schema",
            severity: Severity::Warning,
            pointer: String::new(),
            message: format!("no operation uses the schema `{name}`"),
        });
    }
}

/// Rule group: the document stays inside what Swagger 2.0 can say, which is what most tools read.
fn swagger2(model: &Model, findings: &mut Vec<Finding>) {
    // What fits is what a conversion has nothing to report about. Further OAuth flows are the one
    // thing that the extension is made for.
    for problem in convert(model, Version::V2).report {
        if problem.message.contains("x-oauth2-flows") {
            continue;
        }
        findings.push(Finding {
            rule: "swagger-2.0",
            severity: Severity::Warning,
            pointer: problem.pointer,
            message: format!("in Swagger 2.0, {}", problem.message),
        });
    }
}
