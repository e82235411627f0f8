//! A function for each operation.

use std::fmt::Write as _;

use super::super::super::Interface;
use super::super::docs;
use super::answers::success;
use super::arguments::{Argument, arguments};
use super::definitions::comment;
use super::names::{literal, type_name};
use super::paging;
use super::refusals::refusal;
use super::types::Types;
use crate::model::Operation;

/// Where a function stands.
pub(super) struct Place<'a> {
    /// What a caller writes before its name: `client.pets()`.
    pub(super) receiver: &'a str,
    /// Crate name, for examples.
    pub(super) crate_name: &'a str,
    pub(super) interface: Interface,
    /// On the client itself.
    pub(super) is_flat: bool,
}

/// Sources that an operation comes to.
#[derive(Default)]
pub(super) struct Function {
    /// Inside of the `impl` of its group.
    pub(super) method: String,
    /// Beside it: types of its own.
    pub(super) items: String,
    /// A call, for an example.
    pub(super) example: String,
}

/// The function of an operation.
pub(super) fn function<'m>(
    types: &mut Types<'m>,
    operation: &'m Operation,
    place: &Place<'_>,
) -> Function {
    let ident = type_name(&operation.rust);
    let mut items = String::new();
    let success = success(types, operation, &ident, &mut items);
    let (refused, refusal) = refusal(types, operation, &ident, &mut items);
    let arguments = arguments(types, operation, &ident, &mut items);
    let result = format!(
        "Result<ResponseValue<{}>, Error<Failure<{refused}>>>",
        success.written()
    );
    let send = format!("call.send({refusal}).await?.{}.await", success.read());
    let mut method = String::new();
    let pages = paging::next(types, operation, &success).filter(|_| {
        // Not if the name means something else.
        let name = format!("{}_pages", operation.rust);
        types.model.operations.iter().all(|o| o.rust != name)
    });
    let parts = Parts {
        refusal: &refusal,
        pages: pages.as_deref(),
        types,
        operation,
        place,
        arguments: &arguments,
        result: &result,
        send: &send,
    };
    let example = match place.interface {
        Interface::Positional => parts.positional(&mut method),
        Interface::Builder => {
            let name = parts.types.unused(&format!("{ident}Call"));
            parts.builder(&mut method, &mut items, &name)
        }
    };
    Function {
        method,
        items,
        example,
    }
}

struct Parts<'a, 'm> {
    types: &'a mut Types<'m>,
    operation: &'a Operation,
    place: &'a Place<'a>,
    arguments: &'a [Argument],
    result: &'a str,
    send: &'a str,
    refusal: &'a str,
    /// How pages follow one another, if they do.
    pages: Option<&'a str>,
}

impl Parts<'_, '_> {
    fn positional(&self, out: &mut String) -> String {
        let given: Vec<String> = self
            .arguments
            .iter()
            .map(|a| match a.required {
                true => a.example.clone(),
                false => "None".to_owned(),
            })
            .collect();
        let example = self.doc(out, &format!("({}).await?", given.join(", ")));
        let name = &self.operation.rust;
        let takes: Vec<String> = self
            .arguments
            .iter()
            .map(|a| match a.required {
                true => format!("{}: {}", a.name, a.ty),
                false => format!("{}: Option<{}>", a.name, a.ty),
            })
            .collect();
        signature(
            out,
            &format!("pub async fn {name}"),
            "&self",
            &takes,
            self.result,
        );
        self.make(out, self.arguments);
        let _ = writeln!(out, "        {}\n    }}", self.send);
        if let Some(next) = self.pages {
            let _ = writeln!(
                out,
                "\n    /// Pages of [`{name}`](Self::{name}), each got when it is asked for."
            );
            let lifetime = if self.place.is_flat { "<'a>" } else { "" };
            let this = if self.place.is_flat {
                "&'a self"
            } else {
                "&self"
            };
            let stream = format!("impl Stream<Item = {}> + use<'a>", self.result);
            let name = format!("pub fn {name}_pages{lifetime}");
            signature(out, &name, this, &takes, &stream);
            self.make(out, self.arguments);
            let refusal = self.refusal;
            let _ = writeln!(
                out,
                "        direct::pages(call, {next}, {refusal})\n    }}"
            );
        }
        example
    }

    fn builder(&self, out: &mut String, items: &mut String, builder: &str) -> String {
        let (required, optional): (Vec<&Argument>, Vec<&Argument>) =
            self.arguments.iter().partition(|a| a.required);
        let given: Vec<&str> = required.iter().map(|a| a.example.as_str()).collect();
        let example = self.doc(out, &format!("({}).send().await?", given.join(", ")));
        let name = &self.operation.rust;
        let takes: Vec<String> = required
            .iter()
            .map(|a| format!("{}: {}", a.name, a.ty))
            .collect();
        signature(
            out,
            &format!("pub fn {name}"),
            "&self",
            &takes,
            &format!("{builder}<'a>"),
        );
        self.make(out, required.iter().copied());
        let _ = writeln!(out, "        {builder} {{ call }}\n    }}");
        let _ = writeln!(
            items,
            "\n/// A call of `{name}` in the making; nothing happens before \
             [`send`]({builder}::send).\n#[derive(Debug)]\n#[must_use]\n\
             pub struct {builder}<'a> {{\n    call: Call<'a>,\n}}\n\nimpl<'a> {builder}<'a> {{"
        );
        let paged = self
            .pages
            .filter(|_| optional.iter().all(|a| a.name != "pages"));
        for argument in optional {
            comment(items, "    ", &argument.doc);
            let setter = match argument.name.as_str() {
                "send" => "send_",
                name => name,
            };
            let _ = writeln!(
                items,
                "    pub fn {setter}(mut self, {}: {}) -> Self {{\n        \
                 let call = &mut self.call;\n        {}\n        self\n    }}\n",
                argument.name, argument.ty, argument.put
            );
        }
        let _ = writeln!(
            items,
            "    /// Makes the call.\n    ///\n    /// # Errors\n    \
             /// If there is no answer, or a refusal.\n    \
             pub async fn send(self) -> {} {{\n        let call = self.call;\n        {}\n    }}",
            self.result, self.send
        );
        if let Some(next) = paged {
            let _ = writeln!(
                items,
                "\n    /// Pages, each got when it is asked for.\n    \
                 pub fn pages(self) -> impl Stream<Item = {}> + use<'a> {{\n        \
                 direct::pages(self.call, {next}, {})\n    }}",
                self.result, self.refusal
            );
        }
        items.push_str("}\n");
        example
    }

    fn make<'x>(&self, out: &mut String, arguments: impl IntoIterator<Item = &'x Argument>)
    where
        Self: 'x,
    {
        let puts: Vec<String> = arguments
            .into_iter()
            .map(|a| match (a.only_if_given, &a.name) {
                (true, name) => format!(
                    "if let Some({name}) = {name} {{\n            {}\n        }}",
                    a.put
                ),
                (false, _) => a.put.clone(),
            })
            .collect();
        let mutable = if puts.is_empty() { "" } else { "mut " };
        let _ = writeln!(
            out,
            "        let {mutable}call = Call::new(self.transport, {});",
            literal(&self.operation.rust)
        );
        for put in puts {
            let _ = writeln!(out, "        {put}");
        }
    }

    fn doc(&self, out: &mut String, given: &str) -> String {
        let operation = self.operation;
        out.push('\n');
        let mut text = Vec::new();
        if let Some(summary) = &operation.summary {
            text.push(docs::clean(summary));
        }
        if let Some(description) = &operation.description
            && Some(description) != operation.summary.as_ref()
        {
            text.push(docs::clean(description));
        }
        text.push(format!(
            "`{} {}`",
            operation.method.wire(),
            operation.path.replace('`', "'")
        ));
        comment(out, "    ", &text.join("\n\n"));
        for argument in self.arguments.iter().filter(|a| !a.doc.is_empty()) {
            let mut lines = argument.doc.lines();
            let first = lines.next().unwrap_or_default();
            comment(out, "    ", &format!("* `{}`: {first}", argument.name));
        }
        let call = format!("{}.{}{given}", self.place.receiver, operation.rust);
        let deprecated = if operation.deprecated {
            "# #![allow(deprecated)]\n"
        } else {
            ""
        };
        comment(
            out,
            "    ",
            &format!(
                "\n```no_run\n{deprecated}# use {}::*;\n\
                 # async fn example(client: &Client) -> Result<(), Box<dyn std::error::Error>> {{\n\
                 let answer = {call};\nprintln!(\"{{}}\", answer.status());\n# Ok(())\n# }}\n```\n\n\
                 # Errors\nIf there is no answer, or a refusal ([`Failure`]).",
                self.place.crate_name
            ),
        );
        if operation.deprecated {
            out.push_str("    #[deprecated]\n");
        }
        call
    }
}

/// `name(arguments) -> result {`, on one line if it fits.
fn signature(out: &mut String, name: &str, this: &str, takes: &[String], result: &str) {
    let mut all = vec![this.to_owned()];
    all.extend(takes.iter().cloned());
    let line = format!("    {name}({}) -> {result} {{", all.join(", "));
    if line.chars().count() <= 100 {
        let _ = writeln!(out, "{line}");
        return;
    }
    let _ = writeln!(out, "    {name}(");
    for one in all {
        let _ = writeln!(out, "        {one},");
    }
    let _ = writeln!(out, "    ) -> {result} {{");
}
